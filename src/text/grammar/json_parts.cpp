#include "text/grammar/json_parts.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <utility>

#include "base/error.hpp"

namespace minnow::text {
namespace {

// Longer numbers and deeper indentation never help, and a model that runs away in them would never end.
constexpr std::uint32_t kMostDigits = 40;
constexpr std::uint32_t kDeepestIndent = 64;

const CodePointSet& control_characters() {
  static const CodePointSet kSet{{0, 0x1F}};
  return kSet;
}

ByteSet byte_set(std::string_view members) {
  ByteSet set;
  for (const char c : members) set.set(static_cast<std::uint8_t>(c));
  return set;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

}  // namespace

JsonParts::JsonParts(GrammarBuilder& builder, JsonWhitespace whitespace) : builder_(builder) {
  if (whitespace == JsonWhitespace::compact) {
    space_ = builder.empty();
    comma_ = builder.literal(",");
    colon_ = builder.literal(":");
  } else if (whitespace == JsonWhitespace::fixed) {
    space_ = builder.empty();
    comma_ = builder.literal(", ");
    colon_ = builder.literal(": ");
  } else {
    const Part indent = builder.repeat(builder.bytes(byte_set(" \t")), 0, kDeepestIndent);
    const Part line = builder.sequence({builder.optional(builder.literal("\r")), builder.literal("\n"), indent});
    space_ = builder.optional(builder.choice({builder.literal(" "), line}));
    comma_ = builder.sequence({space_, builder.literal(","), space_});
    colon_ = builder.sequence({space_, builder.literal(":"), space_});
  }
  CodePointSet plain = CodePointSet::all().without(control_characters());
  plain = plain.without({{'"', '"'}, {'\\', '\\'}});
  const Part simple = builder.bytes(byte_set("\"\\/bfnrt"));
  const Part escape = builder.sequence({builder.literal("\\"), builder.choice({simple, unicode_escape()})});
  character_ = builder.choice({builder.characters(plain), escape});
}

// After the backslash: u and a character's number, or two halves of a large one; never half of one.
JsonParts::Part JsonParts::unicode_escape() {
  const Part hex = builder_.bytes(byte_set(kHexDigits));
  const Part not_d = builder_.sequence({builder_.bytes(byte_set("0123456789abcefABCEF")), hex});
  const Part low_d = builder_.sequence({builder_.bytes(byte_set("dD")), builder_.bytes(byte_set("01234567"))});
  const Part single = builder_.sequence({builder_.choice({not_d, low_d}), hex, hex});
  const Part d = builder_.bytes(byte_set("dD"));
  const Part high = builder_.sequence({d, builder_.bytes(byte_set("89abAB")), hex, hex});
  const Part low = builder_.sequence({d, builder_.bytes(byte_set("cdefCDEF")), hex, hex});
  return builder_.sequence(
      {builder_.literal("u"), builder_.choice({single, builder_.sequence({high, builder_.literal("\\u"), low})})});
}

JsonParts::Part JsonParts::string(std::uint32_t minimum, std::uint32_t maximum) {
  const Part quote = builder_.literal("\"");
  return builder_.sequence({quote, builder_.repeat_plain_characters(character_, minimum, maximum), quote});
}

// One character of the set as it is written inside a string.
JsonParts::Part JsonParts::in_string(const CodePointSet& set) {
  const CodePointSet plain = set.without(control_characters()).without({{'"', '"'}, {'\\', '\\'}});
  return builder_.choice({builder_.characters(plain), escapes(set)});
}

JsonParts::Part JsonParts::escapes(const CodePointSet& set) {
  static const std::map<char32_t, const char*> kShort = {{'"', "\\\""}, {'\\', "\\\\"}, {'\b', "\\b"}, {'\f', "\\f"},
                                                         {'\n', "\\n"}, {'\r', "\\r"},  {'\t', "\\t"}};
  std::vector<std::string> spellings;
  for (const auto& [c, spelling] : kShort) {
    if (set.contains(c)) spellings.emplace_back(spelling);
  }
  for (char32_t c = 0; c < 0x20; ++c) {
    if (set.contains(c) && !kShort.contains(c)) spellings.push_back(fmt::format("\\u{:04x}", static_cast<unsigned>(c)));
  }
  return builder_.literals(std::move(spellings));
}

JsonParts::Part JsonParts::string(const CharacterAutomaton& automaton) {
  std::vector<Part> spelled;
  for (const CodePointSet& set : automaton.classes()) spelled.push_back(in_string(set));
  GrammarBuilder::Graph graph;
  for (std::uint32_t state = 0; state < automaton.n_states(); ++state)
    graph.accepting.push_back(automaton.accepting(state));
  const auto end = static_cast<std::uint32_t>(graph.accepting.size());
  graph.accepting.push_back(true);
  for (std::uint32_t state = 0; state < automaton.n_states(); ++state) {
    if (automaton.universal(state)) {
      graph.steps.push_back({state, builder_.repeat_plain_characters(character_, 1, GrammarRepeat::kUnbounded), end});
      continue;
    }
    for (std::size_t c = 0; c < spelled.size(); ++c) {
      const std::uint32_t target = automaton.step(state, c);
      if (target != CharacterAutomaton::kDead) graph.steps.push_back({state, spelled[c], target});
    }
  }
  const Part quote = builder_.literal("\"");
  return builder_.sequence({quote, builder_.graph(std::move(graph)), quote});
}

JsonParts::Part JsonParts::integer() {
  const Part digit = builder_.bytes(byte_set(kDigits));
  const Part large =
      builder_.sequence({builder_.bytes(byte_set(kDigits.substr(1))), builder_.repeat(digit, 0, kMostDigits - 1)});
  return builder_.sequence({builder_.optional(builder_.literal("-")), builder_.choice({builder_.literal("0"), large})});
}

JsonParts::Part JsonParts::number() {
  const Part digit = builder_.bytes(byte_set(kDigits));
  const Part fraction = builder_.sequence({builder_.literal("."), builder_.repeat(digit, 1, kMostDigits)});
  // Two digits of exponent stay within what a double holds.
  const Part exponent =
      builder_.sequence({builder_.bytes(byte_set("eE")), builder_.optional(builder_.bytes(byte_set("+-"))),
                         builder_.repeat(digit, 1, 2)});
  return builder_.sequence({integer(), builder_.optional(fraction), builder_.optional(exponent)});
}

JsonParts::Part JsonParts::numbers(const DecimalRange& range) { return decimal_range_part(builder_, range); }

JsonParts::Part JsonParts::bracketed(const char* open, Part inside, const char* close) {
  return builder_.sequence({builder_.literal(open), space_, inside, space_, builder_.literal(close)});
}

JsonParts::Part JsonParts::array(Part inside) { return bracketed("[", inside, "]"); }
JsonParts::Part JsonParts::object(Part inside) { return bracketed("{", inside, "}"); }

JsonParts::Part JsonParts::value(const nlohmann::ordered_json& value) {
  if (value.is_array() || value.is_object()) {
    std::vector<Part> parts;
    for (const auto& [key, element] : value.items()) {
      if (!parts.empty()) parts.push_back(comma_);
      if (value.is_object()) {
        parts.push_back(builder_.literal(nlohmann::ordered_json(key).dump()));
        parts.push_back(colon_);
      }
      parts.push_back(this->value(element));
    }
    const Part inside = builder_.sequence(std::move(parts));
    return value.is_array() ? array(inside) : object(inside);
  }
  std::vector<std::string> spellings{value.dump()};
  constexpr double kExact = 9007199254740992;  // up to here a double holds every integer
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (std::trunc(number) == number && std::abs(number) < kExact) {
      spellings.push_back(fmt::format("{}", static_cast<std::int64_t>(number)));
    }
  }
  return builder_.literals(std::move(spellings));
}

JsonParts::Part JsonParts::any_value() {
  if (!any_) {
    any_ = builder_.declare("any value");
    builder_.define(*any_, builder_.choice({any_object(), any_array(), string(), number(), builder_.literal("true"),
                                            builder_.literal("false"), builder_.literal("null")}));
  }
  return builder_.rule(*any_);
}

JsonParts::Part JsonParts::any_array() {
  const Part more = builder_.repeat(builder_.sequence({comma_, any_value()}), 0);
  return array(builder_.optional(builder_.sequence({any_value(), more})));
}

JsonParts::Part JsonParts::any_object() {
  const Part member = builder_.sequence({string(), colon_, any_value()});
  const Part more = builder_.repeat(builder_.sequence({comma_, member}), 0);
  return object(builder_.optional(builder_.sequence({member, more})));
}

}  // namespace minnow::text
