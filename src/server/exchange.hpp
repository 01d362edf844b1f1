// One HTTP request and the way to answer it. The handlers of the API know nothing else of HTTP.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace minnow::server {

struct Header {
  std::string name, value;
};

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // "/v1/models", decoded and without the query
  std::string query{};
  std::vector<Header> headers{};
  std::string body{};
  std::string peer{};             // "127.0.0.1:4711"; "unix" for a local socket
  std::string client{};           // whose API key it carries; empty where none is asked for
  int priority = 0;               // that key's
  std::shared_ptr<void> lease{};  // counts the request against that key's limits until it is answered
  std::shared_ptr<void> share{};  // and its body against what the server holds

  // The first header of that name, whatever its case; empty when there is none.
  std::string_view header(std::string_view name) const;
};

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body{};
  std::vector<Header> headers{};
};

// Answers one request, with reply() once, or with begin_stream(), write() as often as needed and finish(). May be used
// from any thread, and kept for as long as it takes; calls after the answer's end, or after the client has gone, do
// nothing. Dropped without an answer it says 500.
class Responder {
 public:
  virtual ~Responder() = default;

  virtual void reply(HttpReply reply) = 0;
  // `head.body` is not sent.
  virtual void begin_stream(HttpReply head) = 0;
  virtual void write(std::string bytes) = 0;
  virtual void finish() = 0;
  // Called at most once, from any thread, when the client goes away before the answer is finished: at once if it has.
  virtual void on_gone(std::function<void()> gone) = 0;
};

using Handler = std::function<void(HttpRequest, std::shared_ptr<Responder>)>;

}  // namespace minnow::server
