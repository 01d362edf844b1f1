// What a connection knows of the server it belongs to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "server/body_budget.hpp"
#include "server/http_server.hpp"

namespace minnow::server {

class Hangable {
 public:
  virtual ~Hangable() = default;
  virtual void hang_up_when_idle() = 0;
  virtual void hang_up_unless_answering() = 0;
};

class ConnectionHost {
 public:
  virtual HttpLimits limits() const = 0;  // those of now: they may change
  virtual bool draining() const = 0;
  virtual std::optional<HttpReply> admit(HttpRequest& request) = 0;
  // What the bodies of all requests hold.
  virtual const std::shared_ptr<BodyBudget>& body_budget() const = 0;
  // Never throws.
  virtual void handle(HttpRequest request, std::shared_ptr<Responder> responder) = 0;
  // The reply to a request that was never handed to the handler.
  virtual HttpReply refusal(int status, const std::string& sentence) const = 0;
  // A connection was closed to make room.
  virtual void count_refused() = 0;
  virtual void forget(std::uint64_t number) = 0;

 protected:
  ~ConnectionHost() = default;
};

}  // namespace minnow::server
