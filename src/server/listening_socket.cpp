#include "server/listening_socket.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/error.hpp"

namespace minnow::server {
namespace {

constexpr int kBacklog = 1024;
constexpr int kFirstInherited = 3;  // SD_LISTEN_FDS_START
constexpr int kMostInherited = 64;

std::string reason(int number) { return std::generic_category().message(number); }

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* list = nullptr;
  const int status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (status != 0) fail(ErrorCode::invalid_input, "can't listen on host '{}': {}", host, ::gai_strerror(status));
  return Addresses(list);
}

sockaddr_storage local_address(int descriptor) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length);
  return address;
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    fail(ErrorCode::invalid_input, "the path of a Unix socket has 1 to {} bytes, '{}' has {}",
         sizeof address.sun_path - 1, path, path.size());
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

// A socket file outlives a process that was killed; connecting tells whether anyone still listens.
void remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  if (!S_ISSOCK(status.st_mode)) fail(ErrorCode::io, "'{}' exists and is not a socket", path);
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool answered = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const int error = errno;
  ::close(probe);
  if (answered || error != ECONNREFUSED) fail(ErrorCode::io, "another process listens on '{}'", path);
  ::unlink(path.c_str());
}

}  // namespace

ListeningSocket::ListeningSocket(int descriptor, std::string owned_file)
    : descriptor_(descriptor), owned_file_(std::move(owned_file)) {}

ListeningSocket::~ListeningSocket() {
  if (!owned_file_.empty()) ::unlink(owned_file_.c_str());  // first, while nobody else would take its place
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string ListeningSocket::address() const {
  const sockaddr_storage address = local_address(descriptor_);
  if (address.ss_family == AF_UNIX) return reinterpret_cast<const sockaddr_un*>(&address)->sun_path;
  char host[NI_MAXHOST], port[NI_MAXSERV];
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&address), sizeof address, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "?";
  }
  return address.ss_family == AF_INET6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

bool ListeningSocket::is_unix() const { return local_address(descriptor_).ss_family == AF_UNIX; }

bool ListeningSocket::is_remote() const {
  const sockaddr_storage address = local_address(descriptor_);
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return (ntohl(v4.sin_addr.s_addr) >> 24) != IN_LOOPBACKNET;
  }
  if (address.ss_family == AF_INET6) {
    return !IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  }
  return address.ss_family != AF_UNIX;
}

ListeningSocket listen_tcp(const std::string& host, std::uint16_t port) {
  const Addresses addresses = resolve(host, port);
  ListeningSocket socket(::socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;  // a restart needn't wait for the last connections' TIME_WAIT
  ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.descriptor(), addresses->ai_addr, addresses->ai_addrlen) != 0 ||
      ::listen(socket.descriptor(), kBacklog) != 0) {
    fail(ErrorCode::io, "can't listen on {}:{}: {}", host, port, reason(errno));
  }
  return socket;
}

ListeningSocket listen_unix(const std::string& path) {
  const sockaddr_un address = unix_address(path);
  remove_stale(path, address);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const mode_t old_mask = ::umask(0117);
  const bool bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const int error = errno;
  ::umask(old_mask);
  ListeningSocket socket(descriptor, bound ? path : "");
  if (!bound) fail(ErrorCode::io, "can't listen on '{}': {}", path, reason(error));
  if (::listen(descriptor, kBacklog) != 0) fail(ErrorCode::io, "can't listen on '{}': {}", path, reason(errno));
  return socket;
}

std::vector<ListeningSocket> inherited_sockets() {
  std::vector<ListeningSocket> sockets;
  const char* process = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  if (process != nullptr && count != nullptr && process == std::to_string(::getpid())) {
    for (int i = 0; i < std::min(std::atoi(count), kMostInherited); ++i) {
      ::fcntl(kFirstInherited + i, F_SETFD, FD_CLOEXEC);
      sockets.emplace_back(kFirstInherited + i);
    }
  }
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  return sockets;
}

}  // namespace minnow::server
