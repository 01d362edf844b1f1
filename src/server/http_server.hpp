// Listens, reads requests within bounds, and hands them to a handler: HTTP/1.1 over TCP, TLS and Unix sockets.
//
//   HttpServer server({.limits = {.body_bytes = 1 << 20}}, handler);
//   server.listen(listen_tcp("127.0.0.1", 8080));
//   server.on_signals(…);
//   server.run();  // until drain() has been called and the last request is answered
//
// Connections take no thread each: a few threads serve all of them, so a slow client costs its own connection only.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/exchange.hpp"
#include "server/listening_socket.hpp"

namespace minnow::server {

struct HttpLimits {
  std::size_t header_bytes = 16 << 10;
  std::size_t body_bytes = std::size_t{8} << 20;
  std::size_t bodies = 8;                           // of that size, all requests hold at most
  std::size_t unsent_bytes = std::size_t{4} << 20;  // a client that reads more slowly than this is dropped
  std::size_t connections = 4096;                   // more are closed at once
  std::chrono::milliseconds idle{75'000};           // between requests
  std::chrono::milliseconds header{10'000};         // from a request's first byte to the end of its headers
  std::chrono::milliseconds body{60'000};           // from there to the end of its body
  std::chrono::milliseconds write{30'000};          // without the client reading a byte

  bool operator==(const HttpLimits&) const = default;
};

struct TlsFiles {
  std::string certificate;  // PEM, the chain
  std::string private_key;  // PEM
};

struct HttpServerOptions {
  HttpLimits limits{};
  std::optional<TlsFiles> tls{};  // for TCP sockets; Unix sockets are plain
  std::size_t threads = 2;
  // Asked when the headers have come and before the body is read; a reply refuses the request. May set `client`.
  std::function<std::optional<HttpReply>(HttpRequest&)> admit{};
};

struct HttpStats {
  std::size_t connections = 0;
  std::size_t refused_connections = 0;  // for being too many, since the start
};

class HttpServer {
 public:
  // Throws Error(not_found, invalid_input) for TLS files that can't be used.
  HttpServer(HttpServerOptions options, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  void listen(ListeningSocket socket);
  // `terminate` at SIGTERM and SIGINT, `reload` at SIGHUP, on one of the server's threads.
  void on_signals(std::function<void()> terminate, std::function<void()> reload);
  // Calls `tick` every so often, on one of the server's threads.
  void every(std::chrono::milliseconds period, std::function<void()> tick);

  // Serves on this thread and others of its own until it is stopped. Afterwards the handler isn't called any more.
  void run();
  // Takes no more requests, answers those there are, and stops; what isn't answered by then is cut off. From any
  // thread.
  void drain(std::chrono::milliseconds patience);
  bool draining() const;
  // From now on these limits, and new connections these files, where there were some before. Throws as the constructor
  // does, and then nothing has changed.
  void reconfigure(const HttpLimits& limits, const std::optional<TlsFiles>& tls);
  HttpStats stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace minnow::server
