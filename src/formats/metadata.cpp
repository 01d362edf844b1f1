#include "formats/metadata.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"

namespace minnow::formats {
namespace {

std::string_view type_name(const MetadataValue& value) {
  constexpr std::string_view kNames[] = {"a boolean",
                                         "an integer",
                                         "an integer",
                                         "a number",
                                         "a text",
                                         "an array of booleans",
                                         "an array of integers",
                                         "an array of integers",
                                         "an array of numbers",
                                         "an array of texts"};
  static_assert(std::size(kNames) == std::variant_size_v<MetadataValue>);
  return kNames[value.index()];
}

[[noreturn]] void refuse_type(std::string_view key, std::string_view wanted, const MetadataValue& found) {
  fail(ErrorCode::invalid_input, "metadata {} should be {} but is {}", printable(key), wanted, type_name(found));
}

[[noreturn]] void refuse_range(std::string_view key, std::string_view wanted) {
  fail(ErrorCode::invalid_input, "metadata {} doesn't fit {}", printable(key), wanted);
}

constexpr std::uint64_t kMaxSigned = std::numeric_limits<std::int64_t>::max();

}  // namespace

const MetadataValue* Metadata::find(std::string_view key) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.first == key; });
  return found == entries_.end() ? nullptr : &found->second;
}

void Metadata::set(std::string_view key, MetadataValue value) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.first == key; });
  if (found == entries_.end()) {
    entries_.emplace_back(key, std::move(value));
  } else {
    found->second = std::move(value);
  }
}

void Metadata::append(std::string key, MetadataValue value) { entries_.emplace_back(std::move(key), std::move(value)); }

void Metadata::erase(std::string_view key) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.first == key; });
}

std::optional<std::uint64_t> Metadata::unsigned_integer(std::string_view key) const {
  const MetadataValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* is = std::get_if<std::uint64_t>(value)) return *is;
  if (const auto* is = std::get_if<bool>(value)) return *is ? 1 : 0;
  if (const auto* is = std::get_if<std::int64_t>(value)) {
    if (*is < 0) refuse_range(key, "an unsigned integer: it is negative");
    return static_cast<std::uint64_t>(*is);
  }
  refuse_type(key, "an integer", *value);
}

std::optional<std::int64_t> Metadata::integer(std::string_view key) const {
  const MetadataValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* is = std::get_if<std::int64_t>(value)) return *is;
  if (const auto* is = std::get_if<bool>(value)) return *is ? 1 : 0;
  if (const auto* is = std::get_if<std::uint64_t>(value)) {
    if (*is > kMaxSigned) refuse_range(key, "a signed integer of 64 bits");
    return static_cast<std::int64_t>(*is);
  }
  refuse_type(key, "an integer", *value);
}

std::optional<double> Metadata::number(std::string_view key) const {
  const MetadataValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* is = std::get_if<double>(value)) return *is;
  if (const auto* is = std::get_if<std::int64_t>(value)) return static_cast<double>(*is);
  if (const auto* is = std::get_if<std::uint64_t>(value)) return static_cast<double>(*is);
  refuse_type(key, "a number", *value);
}

std::optional<bool> Metadata::boolean(std::string_view key) const {
  const MetadataValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* is = std::get_if<bool>(value)) return *is;
  if (std::holds_alternative<std::int64_t>(*value) || std::holds_alternative<std::uint64_t>(*value)) {
    const auto number = integer(key);
    if (number != 0 && number != 1) refuse_range(key, "a boolean");
    return number == 1;
  }
  refuse_type(key, "a boolean", *value);
}

std::optional<std::string_view> Metadata::text(std::string_view key) const {
  const MetadataValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* is = std::get_if<std::string>(value)) return *is;
  refuse_type(key, "a text", *value);
}

const std::vector<std::string>& Metadata::texts(std::string_view key) const {
  static const std::vector<std::string> none;
  const MetadataValue* value = find(key);
  if (value == nullptr) return none;
  if (const auto* are = std::get_if<std::vector<std::string>>(value)) return *are;
  refuse_type(key, "an array of texts", *value);
}

std::vector<double> Metadata::numbers(std::string_view key) const {
  const MetadataValue* value = find(key);
  if (value == nullptr) return {};
  if (const auto* are = std::get_if<std::vector<double>>(value)) return *are;
  if (const auto* are = std::get_if<std::vector<std::int64_t>>(value)) return {are->begin(), are->end()};
  if (const auto* are = std::get_if<std::vector<std::uint64_t>>(value)) return {are->begin(), are->end()};
  refuse_type(key, "an array of numbers", *value);
}

std::vector<std::int64_t> Metadata::integers(std::string_view key) const {
  const MetadataValue* value = find(key);
  if (value == nullptr) return {};
  if (const auto* are = std::get_if<std::vector<std::int64_t>>(value)) return *are;
  if (const auto* are = std::get_if<std::vector<bool>>(value)) return {are->begin(), are->end()};
  if (const auto* are = std::get_if<std::vector<std::uint64_t>>(value)) {
    if (std::any_of(are->begin(), are->end(), [](std::uint64_t each) { return each > kMaxSigned; })) {
      refuse_range(key, "signed integers of 64 bits");
    }
    return {are->begin(), are->end()};
  }
  refuse_type(key, "an array of integers", *value);
}

}  // namespace minnow::formats
