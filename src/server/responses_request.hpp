// /v1/responses, the core of it: a conversation as a list of items, told as chat completions tell it.
#pragma once

#include <string>
#include <vector>

#include "server/fields.hpp"

namespace minnow::server {

struct ResponseAsChat {
  Json body;                               // that /v1/chat/completions would have been asked with
  std::vector<std::string> message_paths;  // where each of its messages stood in the request: "input[0]"
};

// Throws ApiError(400).
ResponseAsChat chat_of_response(const Fields& fields);

}  // namespace minnow::server
