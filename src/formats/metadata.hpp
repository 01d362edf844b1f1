// The key-value part of a model file: what GGUF calls metadata, kept in file order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace minnow::formats {

// Integers of every width are widened; the writer stores a signed array as i32 or i64 and an unsigned one as u32
// or u64, whichever holds all of its values. A real number is stored as f32, the only kind other readers of GGUF
// expect, and as f64 only when it is beyond f32's range.
using MetadataValue =
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<bool>, std::vector<std::int64_t>,
                 std::vector<std::uint64_t>, std::vector<double>, std::vector<std::string>>;

class Metadata {
 public:
  // No pointer when the key is absent.
  const MetadataValue* find(std::string_view key) const;
  void set(std::string_view key, MetadataValue value);  // replaces or appends
  // Appends without looking for the key. Precondition: the key is absent.
  void append(std::string key, MetadataValue value);
  void erase(std::string_view key);  // nothing happens when it is absent
  const std::vector<std::pair<std::string, MetadataValue>>& entries() const { return entries_; }

  // Typed reads. No value when the key is absent; Error(invalid_input) naming the key when it has another type
  // or the number doesn't fit. Integers of either sign and bools convert where they fit.
  std::optional<std::uint64_t> unsigned_integer(std::string_view key) const;
  std::optional<std::int64_t> integer(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;  // also from an integer
  std::optional<bool> boolean(std::string_view key) const;
  std::optional<std::string_view> text(std::string_view key) const;
  // Empty when absent.
  const std::vector<std::string>& texts(std::string_view key) const;
  std::vector<double> numbers(std::string_view key) const;
  std::vector<std::int64_t> integers(std::string_view key) const;

 private:
  std::vector<std::pair<std::string, MetadataValue>> entries_;
};

}  // namespace minnow::formats
