// Regular expressions as ECMA-262 writes them (with the "u" flag), taken apart into a tree.
//
// Supported is everything that describes a regular language: characters, escapes, classes, \d \w \s and the \p{…} of
// letters, numbers, punctuation, marks and spaces, groups of all kinds, alternatives, greedy and lazy repetitions, and
// ^ and $. Back-references, look-around and \b are refused by name.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/grammar/code_point_set.hpp"

namespace minnow::text {

struct RegexNode {
  static constexpr std::uint32_t kUnbounded = 0xFFFFFFFF;
  enum class Kind : std::uint8_t { empty, set, sequence, choice, repeat, begin, end };  // begin: ^, end: $

  Kind kind = Kind::empty;
  CodePointSet set{};                     // one character of it
  std::vector<std::uint32_t> children{};  // sequence, choice; repeat: one
  std::uint32_t minimum = 0, maximum = 0;
};

struct Regex {
  std::vector<RegexNode> nodes;  // children come before their parents
  std::uint32_t root = 0;
};

// Throws Error(invalid_input) for what is malformed and Error(unsupported) for what isn't regular, saying where.
Regex parse_regex(std::string_view pattern);

}  // namespace minnow::text
