// Any bytes as a regular expression: either a grammar and an automaton that agree on some texts, or minnow::Error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "minnow/error.hpp"
#include "text/grammar/character_automaton.hpp"
#include "text/grammar/grammar_automaton.hpp"
#include "text/grammar/regex_grammar.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using minnow::text::GrammarAutomaton;
  if (size > 512) return 0;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  try {
    const auto automaton = minnow::text::CharacterAutomaton::matching(minnow::text::parse_regex(source));
    const minnow::text::Grammar grammar = minnow::text::regex_grammar(source);
    GrammarAutomaton reader(grammar);
    for (const std::string_view text :
         {std::string_view(""), source, source.substr(size / 2), std::string_view("aé0 ")}) {
      const auto state = reader.read(reader.start(), text);
      const bool matches = state != GrammarAutomaton::kDead && reader.is_complete(state);
      if (matches != automaton.matches(text)) __builtin_trap();
    }
  } catch (const minnow::Error&) {
  }
  return 0;
}
