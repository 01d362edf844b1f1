#include "formats/split_name.hpp"

#include <fmt/core.h>

#include <charconv>
#include <string>
#include <string_view>

namespace minnow::formats {
namespace {

constexpr std::size_t kDigits = 5;

std::optional<std::uint64_t> parse_digits(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<SplitName> parse_split_name(const std::filesystem::path& path) {
  constexpr std::string_view kPattern = "-00000-of-00000.gguf";
  const std::string text = path.string();
  if (text.size() <= kPattern.size()) return std::nullopt;
  const std::string_view tail = std::string_view(text).substr(text.size() - kPattern.size());
  if (tail[0] != '-' || tail.substr(1 + kDigits, 4) != "-of-" || !tail.ends_with(".gguf")) return std::nullopt;
  const auto number = parse_digits(tail.substr(1, kDigits));
  const auto count = parse_digits(tail.substr(1 + kDigits + 4, kDigits));
  if (!number || !count || *number == 0 || *number > *count) return std::nullopt;
  return SplitName{text.substr(0, text.size() - kPattern.size()), *number - 1, *count};
}

std::filesystem::path split_path(const SplitName& name, std::uint64_t index) {
  return fmt::format("{}-{:05}-of-{:05}.gguf", name.prefix.string(), index + 1, name.count);
}

std::vector<std::filesystem::path> all_split_paths(const SplitName& name) {
  std::vector<std::filesystem::path> paths;
  for (std::uint64_t index = 0; index < name.count; ++index) paths.push_back(split_path(name, index));
  return paths;
}

}  // namespace minnow::formats
