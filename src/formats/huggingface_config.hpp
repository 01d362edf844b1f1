// The settings in a Hugging Face folder's config.json, read with errors that name the file and the key.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace minnow::formats {

class HuggingFaceConfig {
 public:
  // `name` is what errors call it: a path, or a path and a key. Throws Error(invalid_input) unless it is an object.
  HuggingFaceConfig(nlohmann::json values, std::string name);

  // Present and not null.
  bool has(std::string_view key) const { return find(key) != nullptr; }

  // Each throws Error(invalid_input) for a value of another kind, and for a missing one when there is no fallback.
  std::uint64_t count(std::string_view key, std::optional<std::uint64_t> fallback = {}) const;  // 1 to 2^31 - 1
  double number(std::string_view key, std::optional<double> fallback = {}) const;               // finite
  bool flag(std::string_view key, bool fallback) const;
  std::string text(std::string_view key, std::optional<std::string_view> fallback = {}) const;
  std::vector<std::uint64_t> counts(std::string_view key) const;
  std::vector<double> numbers(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::optional<HuggingFaceConfig> object(std::string_view key) const;

  const std::string& name() const { return name_; }
  const nlohmann::json& values() const { return values_; }
  [[noreturn]] void refuse(std::string_view key, std::string_view why) const;       // Error(invalid_input)
  [[noreturn]] void unsupported(std::string_view key, std::string_view why) const;  // Error(unsupported)

 private:
  const nlohmann::json* find(std::string_view key) const;
  const nlohmann::json& get(std::string_view key) const;
  const nlohmann::json& list(std::string_view key) const;
  std::uint64_t as_count(std::string_view key, const nlohmann::json& value) const;
  double as_number(std::string_view key, const nlohmann::json& value) const;

  nlohmann::json values_;
  std::string name_;
};

}  // namespace minnow::formats
