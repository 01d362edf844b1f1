// Puts a grammar together from parts.
//
//   GrammarBuilder grammar;
//   const auto digits = grammar.repeat(grammar.characters({{'0', '9'}}), 1);
//   const auto rule = grammar.declare("number");
//   grammar.define(rule, grammar.sequence({grammar.optional(grammar.literal("-")), digits}));
//   Grammar done = grammar.build(rule);
//
// A part is a value and may be used in several places; what is large or refers to itself belongs in a rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/grammar/code_point_set.hpp"
#include "text/grammar/grammar.hpp"

namespace minnow::text {

class GrammarBuilder {
 public:
  using Part = std::uint32_t;
  using Rule = std::uint32_t;

  // A finite automaton whose steps are parts. State 0 begins it. No circle of steps may match the empty text.
  struct Step {
    std::uint32_t from;
    Part part;
    std::uint32_t to;
  };
  struct Graph {
    std::vector<bool> accepting;  // one per state
    std::vector<Step> steps;
  };

  explicit GrammarBuilder(const GrammarLimits& limits = {});

  Part empty() const { return kEmptyPart; }
  Part nothing() const { return kNothingPart; }  // matches no text at all
  Part literal(std::string_view bytes);
  Part bytes(const ByteSet& set);
  Part characters(const CodePointSet& set);  // one character, in UTF-8
  Part sequence(std::vector<Part> parts);
  Part choice(std::vector<Part> parts);
  // One of many texts, told apart byte by byte.
  Part literals(std::vector<std::string> texts);
  Part repeat(Part part, std::uint32_t minimum, std::uint32_t maximum = GrammarRepeat::kUnbounded);
  Part repeat_plain_characters(Part character, std::uint32_t minimum, std::uint32_t maximum);
  Part optional(Part part) { return repeat(part, 0, 1); }
  Part graph(Graph graph);
  Part rule(Rule rule);

  Rule declare(std::string name);
  void define(Rule rule, Part part);
  bool is_defined(Rule rule) const { return rules_[rule].part.has_value(); }

  // Throws Error(invalid_input) for a rule that is not defined or begins with itself, a grammar that matches no text,
  // or one past its limits.
  Grammar build(Rule root) const;
  // Whether any text matches. Throws as build() does.
  bool matches_something(Rule root) const;

 private:
  friend class GrammarCompiler;
  static constexpr Part kEmptyPart = 0;
  static constexpr Part kNothingPart = 1;

  enum class Kind : std::uint8_t { empty, nothing, literal, bytes, sequence, choice, repeat, graph, rule };
  struct Item {
    Kind kind = Kind::empty;
    std::uint32_t depth = 1;
    std::uint32_t index = 0;     // into the list of its kind; a rule's number
    std::vector<Part> parts{};   // sequence, choice; repeat: one
    GrammarRepeat repetition{};  // repeat
  };
  struct NamedRule {
    std::string name;
    std::optional<Part> part;
  };

  Part add(Item item);

  GrammarLimits limits_;
  std::vector<Item> items_;
  std::vector<std::string> literals_;
  std::vector<ByteSet> byte_sets_;
  std::vector<Graph> graphs_;
  std::vector<NamedRule> rules_;
};

}  // namespace minnow::text
