// The whole server, from its sockets to its models.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/api.hpp"
#include "server/http_server.hpp"
#include "server/model_pool.hpp"

namespace minnow::server {

struct ServeOptions {
  std::vector<ModelEntry> models{};  // at least one; the first is loaded at once
  ModelPoolOptions pool{};
  AnswerDefaults defaults{};
  bool page = true;
  std::optional<std::string> host{};  // of the TCP socket; none given, and no Unix socket either: 127.0.0.1
  std::optional<std::uint16_t> port{};
  std::string unix_socket{};   // a path; empty: none
  std::string api_key_file{};  // empty: none
  std::optional<TlsFiles> tls{};
  HttpLimits limits{};
  std::chrono::milliseconds drain{30'000};        // for requests in progress when the server is told to stop
  std::function<void(const std::string&)> log{};  // a line for people; never a prompt, an answer or a key
  // What the options are now, asked at SIGHUP; what it throws leaves everything as it is.
  std::function<ServeOptions()> read_again{};
};

// Returns when a signal has stopped it and the last request is answered. Throws Error when it can't begin: a socket
// that can't be had, a TCP socket that others can reach without keys, a first model that can't be loaded.
void serve(ServeOptions options);

}  // namespace minnow::server
