#include "formats/huggingface_config.hpp"

#include <cmath>

#include "base/error.hpp"

namespace minnow::formats {

using nlohmann::json;

namespace {

constexpr std::uint64_t kLargestCount = (std::uint64_t{1} << 31) - 1;
constexpr std::size_t kLongestList = 1 << 16;

}  // namespace

HuggingFaceConfig::HuggingFaceConfig(json values, std::string name)
    : values_(std::move(values)), name_(std::move(name)) {
  if (!values_.is_object()) fail(ErrorCode::invalid_input, "{}: not a JSON object", name_);
}

void HuggingFaceConfig::refuse(std::string_view key, std::string_view why) const {
  fail(ErrorCode::invalid_input, "{}: {} {}", name_, key, why);
}

void HuggingFaceConfig::unsupported(std::string_view key, std::string_view why) const {
  fail(ErrorCode::unsupported, "{}: {} {}", name_, key, why);
}

const json* HuggingFaceConfig::find(std::string_view key) const {
  const auto found = values_.find(std::string(key));
  return found == values_.end() || found->is_null() ? nullptr : &*found;
}

const json& HuggingFaceConfig::get(std::string_view key) const {
  const json* value = find(key);
  if (value == nullptr) refuse(key, "is missing");
  return *value;
}

const json& HuggingFaceConfig::list(std::string_view key) const {
  const json& value = get(key);
  if (!value.is_array() || value.size() > kLongestList) refuse(key, "is not a list of a believable length");
  return value;
}

std::uint64_t HuggingFaceConfig::as_count(std::string_view key, const json& value) const {
  if (!value.is_number_unsigned()) refuse(key, "is not a whole number");
  const auto count = value.get<std::uint64_t>();
  if (count == 0 || count > kLargestCount) refuse(key, fmt::format("cannot be {}", count));
  return count;
}

double HuggingFaceConfig::as_number(std::string_view key, const json& value) const {
  if (!value.is_number()) refuse(key, "is not a number");
  const auto number = value.get<double>();
  if (!std::isfinite(number)) refuse(key, "is not finite");
  return number;
}

std::uint64_t HuggingFaceConfig::count(std::string_view key, std::optional<std::uint64_t> fallback) const {
  if (fallback && !has(key)) return *fallback;
  return as_count(key, get(key));
}

double HuggingFaceConfig::number(std::string_view key, std::optional<double> fallback) const {
  if (fallback && !has(key)) return *fallback;
  return as_number(key, get(key));
}

bool HuggingFaceConfig::flag(std::string_view key, bool fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) refuse(key, "is neither true nor false");
  return value->get<bool>();
}

std::string HuggingFaceConfig::text(std::string_view key, std::optional<std::string_view> fallback) const {
  if (fallback && !has(key)) return std::string(*fallback);
  const json& value = get(key);
  if (!value.is_string()) refuse(key, "is not text");
  return value.get<std::string>();
}

std::vector<std::uint64_t> HuggingFaceConfig::counts(std::string_view key) const {
  std::vector<std::uint64_t> values;
  for (const json& value : list(key)) values.push_back(as_count(key, value));
  return values;
}

std::vector<double> HuggingFaceConfig::numbers(std::string_view key) const {
  std::vector<double> values;
  for (const json& value : list(key)) values.push_back(as_number(key, value));
  return values;
}

std::vector<std::string> HuggingFaceConfig::texts(std::string_view key) const {
  std::vector<std::string> values;
  for (const json& value : list(key)) {
    if (!value.is_string()) refuse(key, "holds something else than text");
    values.push_back(value.get<std::string>());
  }
  return values;
}

std::optional<HuggingFaceConfig> HuggingFaceConfig::object(std::string_view key) const {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  return HuggingFaceConfig(*value, fmt::format("{}: {}", name_, key));
}

}  // namespace minnow::formats
