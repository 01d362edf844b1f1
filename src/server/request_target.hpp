// What stands between the method and the version of a request's first line.
#pragma once

#include <string>
#include <string_view>

namespace minnow::server {

struct RequestTarget {
  std::string path;   // "/v1/models/a b", decoded
  std::string query;  // "x=%31", as it is; empty when there is none
};

// "/path?query", or the same behind "http://host", as it is sent to a proxy (RFC 9112, 3.2). What isn't encoded rightly
// is left as it is.
RequestTarget parse_request_target(std::string_view target);

}  // namespace minnow::server
