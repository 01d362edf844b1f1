// Whole texts against grammars.
#pragma once

#include <string_view>

#include "text/grammar/grammar_automaton.hpp"

namespace minnow::testing {

inline bool matches(const text::Grammar& grammar, std::string_view text) {
  text::GrammarAutomaton automaton(grammar);
  const auto state = automaton.read(automaton.start(), text);
  return state != text::GrammarAutomaton::kDead && automaton.is_complete(state);
}

// The bytes that must follow `text`.
inline std::string forced_after(const text::Grammar& grammar, std::string_view text) {
  text::GrammarAutomaton automaton(grammar);
  auto state = automaton.read(automaton.start(), text);
  std::string forced;
  while (const auto byte = automaton.forced_byte(state)) {
    forced.push_back(static_cast<char>(*byte));
    state = automaton.next(state, *byte);
  }
  return forced;
}

}  // namespace minnow::testing
