// Server-sent events: the stream is begun with the first one, so that what fails before still gets a status of its own.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "server/exchange.hpp"
#include "server/fields.hpp"

namespace minnow::server {

class EventStream {
 public:
  explicit EventStream(std::shared_ptr<Responder> responder) : responder_(std::move(responder)) {}

  void send(const Json& data);
  // With a name for the event, as /v1/responses has them.
  void send(const std::string& event, const Json& data);
  // `last`: a last line of data, such as "[DONE]"; empty: none.
  void finish(const std::string& last);
  // As a reply, or as the stream's last event when it has begun.
  void fail(const std::exception& error);

 private:
  void write(std::string bytes);

  std::shared_ptr<Responder> responder_;
  bool begun_ = false;
};

}  // namespace minnow::server
