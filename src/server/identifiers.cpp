#include "server/identifiers.hpp"

#include <chrono>
#include <random>
#include <string_view>

namespace minnow::server {

std::string random_id(const std::string& prefix) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  static constexpr int kLength = 24;
  thread_local std::random_device source;
  std::uniform_int_distribution<std::size_t> letter(0, kLetters.size() - 1);
  std::string id = prefix;
  for (int i = 0; i < kLength; ++i) id += kLetters[letter(source)];
  return id;
}

std::int64_t unix_time_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace minnow::server
