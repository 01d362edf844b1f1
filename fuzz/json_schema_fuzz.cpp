// Any bytes as a JSON Schema: either a grammar whose texts are JSON, or minnow::Error.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "minnow/error.hpp"
#include "text/grammar/grammar_automaton.hpp"
#include "text/grammar/json_schema.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using minnow::text::GrammarAutomaton;
  if (size > 4096) return 0;
  try {
    const minnow::text::Grammar grammar = minnow::text::parse_json_schema({reinterpret_cast<const char*>(data), size});
    GrammarAutomaton automaton(grammar);
    std::string text;
    auto state = automaton.start();
    // Brackets and quotes are closed as soon as they may be, so that the text ends.
    constexpr std::string_view kFirst = "\"}],:. 0123456789";
    for (int step = 0; step < 400 && !automaton.is_complete(state); ++step) {
      auto next = GrammarAutomaton::kDead;
      unsigned byte = 0;
      for (unsigned i = 0; i < 256 + kFirst.size() && next == GrammarAutomaton::kDead; ++i) {
        byte = i < kFirst.size() ? static_cast<unsigned char>(kFirst[i]) : i - static_cast<unsigned>(kFirst.size());
        next = automaton.next(state, static_cast<std::uint8_t>(byte));
      }
      if (next == GrammarAutomaton::kDead) __builtin_trap();
      text.push_back(static_cast<char>(byte));
      state = next;
    }
    if (automaton.is_complete(state) && !nlohmann::json::accept(text)) __builtin_trap();
  } catch (const minnow::Error&) {
  }
  return 0;
}
