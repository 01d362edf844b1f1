#include "server/event_stream.hpp"

#include "server/error_reply.hpp"

namespace minnow::server {

void EventStream::write(std::string bytes) {
  if (!std::exchange(begun_, true)) {
    responder_->begin_stream(
        {.content_type = "text/event-stream", .headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}}});
  }
  responder_->write(std::move(bytes));
}

void EventStream::send(const Json& data) { write("data: " + dump(data) + "\n\n"); }

void EventStream::send(const std::string& event, const Json& data) {
  write("event: " + event + "\ndata: " + dump(data) + "\n\n");
}

void EventStream::finish(const std::string& last) {
  if (!last.empty()) write("data: " + last + "\n\n");
  responder_->finish();
}

void EventStream::fail(const std::exception& error) {
  if (!begun_) return responder_->reply(error_reply(error));
  write("data: " + error_json(error) + "\n\n");
  responder_->finish();
}

}  // namespace minnow::server
