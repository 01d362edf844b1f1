// Decides, when a request's headers have come, whether it may come in.
//
// - Where there are keys, all that tells of models or people needs one.
// - Other web sites may not use the server through their visitors' browsers: an Origin other than the server's own is
//   refused, and a server on the loopback answers only to loopback names, whatever a foreign name server says.
#pragma once

#include <memory>
#include <optional>

#include "server/api_keys.hpp"
#include "server/exchange.hpp"

namespace minnow::server {

class Gate {
 public:
  // `keys`: none are needed when null. `local`: only this machine can reach the server.
  Gate(std::shared_ptr<ApiKeys> keys, bool local) : keys_(std::move(keys)), local_(local) {}

  // A refusal; or none, and then `request` knows its key.
  std::optional<HttpReply> admit(HttpRequest& request) const;

 private:
  std::shared_ptr<ApiKeys> keys_;  // shared with the one who replaces them
  bool local_;
};

}  // namespace minnow::server
