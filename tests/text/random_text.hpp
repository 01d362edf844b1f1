// Random texts that cover scripts, marks, emoji, spaces and text that looks special. Follows the same recipe as
// tests/reference/tokenizers/random_text.py, so golden files hold only hashes of what reference tokenizers made of
// text 0, 1, ….
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace minnow::testing {

class RandomTexts {
 public:
  RandomTexts();  // reads text_parts.txt
  std::string text(std::uint64_t number) const;

 private:
  struct Range {
    char32_t first, last;
  };
  using Item = std::variant<Range, std::string>;
  std::vector<std::vector<Item>> groups_;
};

std::uint64_t fnv1a(std::string_view bytes);
// Of each number as four bytes, little end first.
std::uint64_t fnv1a(const std::vector<std::uint32_t>& numbers);

}  // namespace minnow::testing
