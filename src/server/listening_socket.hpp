// Sockets that wait for clients: TCP, Unix, or handed over by systemd.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace minnow::server {

// Owns a descriptor that listens.
class ListeningSocket {
 public:
  // `owned_file`: removed with it; empty: none.
  explicit ListeningSocket(int descriptor, std::string owned_file = "");
  ListeningSocket(ListeningSocket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), owned_file_(std::exchange(other.owned_file_, "")) {}
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  int descriptor() const { return descriptor_; }
  // "127.0.0.1:8080", "[::1]:8080" or the path of a Unix socket.
  std::string address() const;
  // Whether other machines can reach it.
  bool is_remote() const;
  bool is_unix() const;

 private:
  int descriptor_;
  std::string owned_file_;
};

// Port 0: any free one; address() tells which. Throws Error(invalid_input) for a host that can't be resolved and
// Error(io) for an address that is taken or not ours.
ListeningSocket listen_tcp(const std::string& host, std::uint16_t port);
// Readable and writable for the owner and the group. A socket file that nobody listens to any more is replaced;
// anything else at that path is refused.
ListeningSocket listen_unix(const std::string& path);
// What systemd's socket activation handed to this process (LISTEN_FDS), if anything; the variables are then cleared.
std::vector<ListeningSocket> inherited_sockets();

}  // namespace minnow::server
