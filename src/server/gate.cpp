#include "server/gate.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <string>
#include <string_view>

#include "server/api.hpp"
#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

// Of the address itself: "127.evil.example" is a name that anyone may own.
bool is_loopback_address(std::string_view host) {
  in_addr address{};
  return ::inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 &&
         (ntohl(address.s_addr) >> 24) == IN_LOOPBACKNET;
}

bool is_local_name(std::string_view host) {
  host = without_port(host);
  return host.empty() || host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         is_loopback_address(host);
}

std::string_view host_of_origin(std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos ? origin : origin.substr(scheme + 3);
}

std::string_view secret_of(const HttpRequest& request) {
  static constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = request.header("Authorization");
  if (authorization.starts_with(kBearer)) return authorization.substr(kBearer.size());
  return request.header("x-api-key");
}

}  // namespace

std::optional<HttpReply> Gate::admit(HttpRequest& request) const {
  const std::string_view host = request.header("Host");
  if (local_ && request.peer != "unix" && !is_local_name(host)) {
    return error_reply(403, "this server answers only to localhost", "", "forbidden_host");
  }
  const std::string_view origin = request.header("Origin");
  if (!origin.empty() && host_of_origin(origin) != host) {
    return error_reply(403, "requests from other web sites are refused", "", "forbidden_origin");
  }
  if (!keys_ || !keys_->needed() || !Api::needs_key(request)) return std::nullopt;
  const auto key = keys_->find(secret_of(request));
  if (!key) return error_reply(401, "this server needs an API key, and this is none", "", "invalid_api_key");
  request.client = key->name;
  request.priority = key->priority;
  try {
    request.lease = keys_->begin(*key);
  } catch (const ApiError& error) {
    return error_reply(error);
  }
  return std::nullopt;
}

}  // namespace minnow::server
