// /v1/responses, the core of it: a conversation as a list of items, told as chat completions tell it.
#pragma once

#include "server/fields.hpp"

namespace minnow::server {

// The body that /v1/chat/completions would have been asked with. Throws ApiError(400).
Json chat_body_of_response(const Fields& fields);

}  // namespace minnow::server
