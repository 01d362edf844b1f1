#include "text/grammar/grammar_builder.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace minnow::text {

GrammarBuilder::GrammarBuilder(const GrammarLimits& limits) : limits_(limits) {
  items_.push_back({.kind = Kind::empty});
  items_.push_back({.kind = Kind::nothing});
}

GrammarBuilder::Part GrammarBuilder::add(Item item) {
  for (const Part part : item.parts) item.depth = std::max(item.depth, items_[part].depth + 1);
  if (item.kind == Kind::graph) {
    for (const Step& step : graphs_[item.index].steps) item.depth = std::max(item.depth, items_[step.part].depth + 1);
  }
  if (item.depth > limits_.nesting) {
    fail(ErrorCode::invalid_input, "the grammar is nested more than {} deep", limits_.nesting);
  }
  if (items_.size() > limits_.nodes) {
    fail(ErrorCode::invalid_input, "the grammar has more than {} parts", limits_.nodes);
  }
  items_.push_back(std::move(item));
  return static_cast<Part>(items_.size() - 1);
}

GrammarBuilder::Part GrammarBuilder::literal(std::string_view text) {
  if (text.empty()) return kEmptyPart;
  literals_.emplace_back(text);
  return add({.kind = Kind::literal, .index = static_cast<std::uint32_t>(literals_.size() - 1)});
}

GrammarBuilder::Part GrammarBuilder::bytes(const ByteSet& set) {
  if (set.none()) return kNothingPart;
  byte_sets_.push_back(set);
  return add({.kind = Kind::bytes, .index = static_cast<std::uint32_t>(byte_sets_.size() - 1)});
}

GrammarBuilder::Part GrammarBuilder::characters(const CodePointSet& set) {
  std::vector<Part> spellings;
  ByteSet ascii;
  for (const Utf8Sequence& sequence : utf8_sequences(set)) {
    std::vector<Part> parts;
    for (std::size_t i = 0; i < sequence.length; ++i) {
      ByteSet one;
      for (unsigned b = sequence.bytes[i].first; b <= sequence.bytes[i].last; ++b) one.set(b);
      if (sequence.length == 1) ascii |= one;
      if (sequence.length > 1) parts.push_back(bytes(one));
    }
    if (!parts.empty()) spellings.push_back(this->sequence(std::move(parts)));
  }
  if (ascii.any()) spellings.insert(spellings.begin(), bytes(ascii));
  return choice(std::move(spellings));
}

GrammarBuilder::Part GrammarBuilder::sequence(std::vector<Part> parts) {
  if (std::find(parts.begin(), parts.end(), kNothingPart) != parts.end()) return kNothingPart;
  std::erase(parts, kEmptyPart);
  if (parts.empty()) return kEmptyPart;
  if (parts.size() == 1) return parts[0];
  return add({.kind = Kind::sequence, .parts = std::move(parts)});
}

GrammarBuilder::Part GrammarBuilder::choice(std::vector<Part> parts) {
  std::erase(parts, kNothingPart);
  if (parts.empty()) return kNothingPart;
  if (parts.size() == 1) return parts[0];
  return add({.kind = Kind::choice, .parts = std::move(parts)});
}

GrammarBuilder::Part GrammarBuilder::literals(std::vector<std::string> texts) {
  // A tree of bytes: sorted texts share their beginnings with their neighbours.
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  if (texts.empty()) return kNothingPart;
  if (texts.size() == 1) return literal(texts[0]);
  Graph tree{.accepting = {false}, .steps = {}};
  std::vector<std::uint32_t> path{0};
  std::string_view previous;
  for (const std::string& text : texts) {
    const auto differs = std::mismatch(previous.begin(), previous.end(), text.begin(), text.end()).second;
    const auto shared = static_cast<std::size_t>(differs - text.begin());
    path.resize(shared + 1);
    for (std::size_t i = shared; i < text.size(); ++i) {
      const auto state = static_cast<std::uint32_t>(tree.accepting.size());
      tree.accepting.push_back(false);
      tree.steps.push_back({path.back(), literal(std::string_view(text).substr(i, 1)), state});
      path.push_back(state);
    }
    tree.accepting[path.back()] = true;
    previous = text;
  }
  return graph(std::move(tree));
}

GrammarBuilder::Part GrammarBuilder::repeat(Part part, std::uint32_t minimum, std::uint32_t maximum) {
  if (minimum > maximum) return kNothingPart;
  if (maximum == 0 || part == kEmptyPart) return kEmptyPart;
  if (part == kNothingPart) return minimum == 0 ? kEmptyPart : kNothingPart;
  if (minimum == 1 && maximum == 1) return part;
  return add({.kind = Kind::repeat, .parts = {part}, .repetition = {0, minimum, maximum, false}});
}

GrammarBuilder::Part GrammarBuilder::repeat_plain_characters(Part character, std::uint32_t minimum,
                                                             std::uint32_t maximum) {
  const Part part = repeat(character, minimum, maximum);
  if (items_[part].kind == Kind::repeat && part != character) items_[part].repetition.takes_plain_characters = true;
  return part;
}

GrammarBuilder::Part GrammarBuilder::graph(Graph graph) {
  std::erase_if(graph.steps, [](const Step& step) { return step.part == kNothingPart; });
  graphs_.push_back(std::move(graph));
  return add({.kind = Kind::graph, .index = static_cast<std::uint32_t>(graphs_.size() - 1)});
}

GrammarBuilder::Part GrammarBuilder::rule(Rule rule) { return add({.kind = Kind::rule, .index = rule}); }

GrammarBuilder::Rule GrammarBuilder::declare(std::string name) {
  if (rules_.size() >= limits_.nodes) {
    fail(ErrorCode::invalid_input, "the grammar has more than {} rules", limits_.nodes);
  }
  rules_.push_back({std::move(name), std::nullopt});
  return static_cast<Rule>(rules_.size() - 1);
}

void GrammarBuilder::define(Rule rule, Part part) { rules_[rule].part = part; }

}  // namespace minnow::text
