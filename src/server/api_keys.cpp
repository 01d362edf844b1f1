#include "server/api_keys.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

constexpr std::size_t kMostFileBytes = 1 << 20;
constexpr std::size_t kShortestKey = 8;

double read_limit(const std::string& text, const std::string& where) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fail(ErrorCode::invalid_input, "{}: '{}' is not a whole number", where, text);
  }
  return number;
}

void read_option(ApiKey& key, const std::string& word, const std::string& where) {
  const auto equals = word.find('=');
  const std::string name = word.substr(0, equals);
  const double value = read_limit(equals == std::string::npos ? "" : word.substr(equals + 1), where);
  if (name == "priority") {
    key.priority = static_cast<int>(std::clamp(value, -100.0, 100.0));
    return;
  }
  if (value < 1) fail(ErrorCode::invalid_input, "{}: {} must be at least 1", where, name);
  if (name == "concurrent") {
    key.concurrent = static_cast<std::size_t>(value);
  } else if (name == "per_minute") {
    key.per_minute = value;
  } else {
    fail(ErrorCode::invalid_input, "{}: there is no option '{}'; there are concurrent, per_minute and priority", where,
         name);
  }
}

std::string hash(std::string_view secret) { return sha256_hex(std::as_bytes(std::span(secret))); }

}  // namespace

// The key itself is never part of a complaint.
std::vector<ApiKey> parse_api_keys(std::string_view text, const std::string& name) {
  std::vector<ApiKey> keys;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string where = fmt::format("{}, line {}", name, number);
    std::istringstream stream(line.substr(0, line.find('#')));
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    if (words.empty()) continue;
    if (words.size() == 1) words.insert(words.begin(), "default");  // a file of bare keys, as llama.cpp's
    if (words[1].size() < kShortestKey) {
      fail(ErrorCode::invalid_input, "{}: the key has fewer than {} characters", where, kShortestKey);
    }
    ApiKey key{.name = words[0], .sha256 = hash(words[1])};
    for (std::size_t i = 2; i < words.size(); ++i) read_option(key, words[i], where);
    keys.push_back(std::move(key));
  }
  if (keys.empty()) fail(ErrorCode::invalid_input, "{}: there is no key in it", name);
  return keys;
}

std::vector<ApiKey> read_api_keys(const std::filesystem::path& path) {
  return parse_api_keys(read_file(path, kMostFileBytes), path.string());
}

bool ApiKeys::replace(std::vector<ApiKey> keys) {
  const std::scoped_lock lock(mutex_);
  keys_.swap(keys);
  return keys_ != keys;
}

bool ApiKeys::needed() const {
  const std::scoped_lock lock(mutex_);
  return !keys_.empty();
}

std::optional<ApiKey> ApiKeys::find(std::string_view secret) const {
  const std::string wanted = hash(secret);
  const std::scoped_lock lock(mutex_);
  const ApiKey* found = nullptr;
  for (const ApiKey& key : keys_) {  // all of them, so that time doesn't tell which
    if (::CRYPTO_memcmp(key.sha256.data(), wanted.data(), wanted.size()) == 0) found = &key;
  }
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::shared_ptr<void> ApiKeys::begin(const ApiKey& key) {
  const std::scoped_lock lock(mutex_);
  Use& use = uses_[key.name];
  if (key.concurrent > 0 && use.running >= key.concurrent) {
    throw ApiError(429, fmt::format("{} requests of key '{}' are running already", use.running, key.name), "",
                   "rate_limit_exceeded");
  }
  if (key.per_minute > 0) {
    const auto now = engine::Clock::now();
    const double minutes = use.refilled ? std::chrono::duration<double>(now - *use.refilled).count() / 60 : 1;
    use.allowance = std::min(key.per_minute, use.allowance + minutes * key.per_minute);
    use.refilled = now;
    if (use.allowance < 1) {
      throw ApiError(429, fmt::format("key '{}' may send {} requests a minute", key.name, key.per_minute), "",
                     "rate_limit_exceeded");
    }
    use.allowance -= 1;
  }
  ++use.running;
  return {nullptr, [this, name = key.name](void*) {
            const std::scoped_lock later(mutex_);
            --uses_[name].running;
          }};
}

}  // namespace minnow::server
