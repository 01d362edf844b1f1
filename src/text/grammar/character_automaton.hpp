// Regular sets of texts as deterministic automata over Unicode characters: what can be intersected and complemented,
// which a grammar can't.
//
//   auto keys = CharacterAutomaton::matching(parse_regex("^x-")).without(CharacterAutomaton::texts({"x-name"}));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/grammar/code_point_set.hpp"
#include "text/grammar/regex_syntax.hpp"

namespace minnow::text {

class CharacterAutomaton {
 public:
  static constexpr std::size_t kMostStates = 20'000;
  static constexpr std::uint32_t kUnbounded = 0xFFFFFFFF;

  // Texts with a match of the expression anywhere, as JSON Schema's "pattern" means it. This and everything below
  // throws Error(unsupported) when more than kMostStates states are needed.
  static CharacterAutomaton containing(const Regex& regex);
  // Texts that match from the first to the last character.
  static CharacterAutomaton matching(const Regex& regex);
  static CharacterAutomaton texts(const std::vector<std::string>& texts);  // valid UTF-8
  static CharacterAutomaton all();

  CharacterAutomaton intersection(const CharacterAutomaton& other) const;
  CharacterAutomaton complement() const;
  CharacterAutomaton without(const CharacterAutomaton& other) const { return intersection(other.complement()); }
  // The texts of `minimum` to `maximum` characters.
  CharacterAutomaton with_length(std::uint32_t minimum, std::uint32_t maximum) const;

  bool matches(std::string_view text) const;  // false for what isn't UTF-8
  bool empty() const;

  // State 0 is the start; step() is kDead where no text goes on.
  static constexpr std::uint32_t kDead = 0xFFFFFFFF;
  std::size_t n_states() const { return accepting_.size(); }
  bool accepting(std::uint32_t state) const { return accepting_[state]; }
  // Disjoint sets that together hold every character; all of a class lead to the same state.
  const std::vector<CodePointSet>& classes() const { return classes_; }
  std::uint32_t step(std::uint32_t state, std::size_t character_class) const {
    return steps_[state * classes_.size() + character_class];
  }
  // Every text that comes from here on matches.
  bool universal(std::uint32_t state) const;

 private:
  friend class RegexAutomatonBuilder;

  std::uint32_t add_state(bool accepting);
  void trim();  // leads states from which nothing matches to kDead

  std::vector<CodePointSet> classes_;
  std::vector<std::uint32_t> steps_;
  std::vector<bool> accepting_;
};

}  // namespace minnow::text
