// The pieces JSON texts are made of, as parts of a grammar.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "text/grammar/character_automaton.hpp"
#include "text/grammar/decimal_range.hpp"
#include "text/grammar/grammar_builder.hpp"

namespace minnow::text {

// Where a JSON text may have white space.
enum class JsonWhitespace : std::uint8_t {
  fixed,    // one space after ':' and ',' and none elsewhere, so that more of the text is forced
  compact,  // none at all
  free,     // none, a space, or a new line and its indentation, wherever JSON allows it
};

class JsonParts {
 public:
  using Part = GrammarBuilder::Part;

  JsonParts(GrammarBuilder& builder, JsonWhitespace whitespace);

  // Texts in quotes, of `minimum` to `maximum` characters.
  Part string(std::uint32_t minimum = 0, std::uint32_t maximum = GrammarRepeat::kUnbounded);
  Part string(const CharacterAutomaton& automaton);
  Part integer();
  Part number();
  Part numbers(const DecimalRange& range);
  // "[", elements, "]" and "{", members, "}" with white space inside the brackets; `inside` brings its own commas.
  Part array(Part inside);
  Part object(Part inside);
  Part comma() const { return comma_; }
  Part colon() const { return colon_; }
  // Exactly this value, in any of its usual spellings.
  Part value(const nlohmann::ordered_json& value);
  // Any value at all, and any value of one kind.
  Part any_value();
  Part any_array();
  Part any_object();

 private:
  Part bracketed(const char* open, Part inside, const char* close);
  Part in_string(const CodePointSet& set);
  Part escapes(const CodePointSet& set);
  Part unicode_escape();

  GrammarBuilder& builder_;
  Part space_, comma_, colon_;
  Part character_;
  std::optional<GrammarBuilder::Rule> any_;
};

}  // namespace minnow::text
