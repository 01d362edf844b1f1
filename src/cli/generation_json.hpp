// One answer as the JSON object of `minnow run --json`.
#pragma once

#include <string>

#include "minnow/session.hpp"

namespace minnow::cli {

// One line, no newline at its end. Bytes that aren't UTF-8 become U+FFFD.
std::string generation_json(const Session& session, const Generation& generation, bool with_logprobs);

}  // namespace minnow::cli
