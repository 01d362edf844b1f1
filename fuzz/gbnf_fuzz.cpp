// Any bytes as a grammar: either a grammar that can be followed for a while, or minnow::Error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "minnow/error.hpp"
#include "text/grammar/gbnf.hpp"
#include "text/grammar/grammar_automaton.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  try {
    const minnow::text::Grammar grammar = minnow::text::parse_gbnf(source, {.source_bytes = 1u << 14, .nodes = 20'000});
    minnow::text::GrammarAutomaton automaton(grammar);
    // The grammar's own text as what it reads, then whatever byte may follow.
    (void)automaton.read(automaton.start(), source);
    auto state = automaton.start();
    for (std::size_t step = 0; step < 64 && !automaton.is_final(state); ++step) {
      unsigned byte = step * 37;
      auto next = minnow::text::GrammarAutomaton::kDead;
      for (unsigned tries = 0; tries < 256 && next == minnow::text::GrammarAutomaton::kDead; ++tries, ++byte) {
        next = automaton.next(state, static_cast<std::uint8_t>(byte));
      }
      if (next == minnow::text::GrammarAutomaton::kDead) __builtin_trap();  // a place with no way on was to be cut
      state = next;
    }
  } catch (const minnow::Error&) {
  }
  return 0;
}
