// Tokens with their log-probabilities, as chat completions have them.
#pragma once

#include "minnow/session.hpp"
#include "server/fields.hpp"

namespace minnow::server {

// {"token", "logprob", "bytes", "top_logprobs": […]}
Json token_json(const Model& model, const TokenOutput& token);

}  // namespace minnow::server
