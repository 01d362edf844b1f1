// Who may use the server, and how much: a file with a line for each key.
//
//   # name    key                                options
//   kiosk     c1b6c4c8f5b94e6e8a7c4b6c2f1d9e0a   concurrent=4 per_minute=120
//   console   9d0f6b1e4f7a4a0bb3a2c5d8e7f60412   priority=10
//
// Keys are compared in constant time, and only their hashes are kept.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sha256.hpp"
#include "engine/request.hpp"

namespace minnow::server {

struct ApiKey {
  std::string name;
  std::string sha256;          // of the key, in hexadecimal
  std::size_t concurrent = 0;  // requests at once; 0: any number
  double per_minute = 0;       // requests, a minute's worth of which may come at once; 0: any number
  int priority = 0;            // added to that of its requests

  bool operator==(const ApiKey&) const = default;
};

// Throws Error(invalid_input) naming the line.
std::vector<ApiKey> parse_api_keys(std::string_view text, const std::string& name);
// Throws Error(not_found, io, invalid_input) for a file that can't be used.
std::vector<ApiKey> read_api_keys(const std::filesystem::path& path);

// Any thread may use it.
class ApiKeys {
 public:
  // None: requests need no key.
  explicit ApiKeys(std::vector<ApiKey> keys = {}) : keys_(std::move(keys)) {}

  // From now on these; requests in progress go on. Returns whether they are others than before.
  bool replace(std::vector<ApiKey> keys);
  bool needed() const;
  // The key of an "Authorization: Bearer …" or "x-api-key" header's value.
  std::optional<ApiKey> find(std::string_view secret) const;
  // Counts a request until what is returned is dropped. Throws ApiError(429) when the key has reached a limit.
  std::shared_ptr<void> begin(const ApiKey& key);

 private:
  struct Use {
    std::size_t running = 0;
    double allowance = 0;  // requests that may come at once
    std::optional<engine::Clock::time_point> refilled{};
  };

  mutable std::mutex mutex_;  // guards what follows
  std::vector<ApiKey> keys_;
  std::map<std::string, Use> uses_;  // by name
};

}  // namespace minnow::server
