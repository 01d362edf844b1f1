#include "text/grammar/regex_grammar.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "text/grammar/character_automaton.hpp"
#include "text/grammar/grammar_builder.hpp"
#include "text/grammar/regex_syntax.hpp"

namespace minnow::text {
namespace {

using Part = GrammarBuilder::Part;
using Kind = RegexNode::Kind;

// '^' in front of everything and '$' behind it say nothing: the whole text must match anyway.
void drop_outer_anchors(Regex& regex) {
  RegexNode& root = regex.nodes[regex.root];
  if (root.kind == Kind::begin || root.kind == Kind::end) root = {};
  if (root.kind != Kind::sequence) return;
  const auto kind_of = [&](std::uint32_t child) { return regex.nodes[child].kind; };
  while (!root.children.empty() && kind_of(root.children.front()) == Kind::begin) {
    root.children.erase(root.children.begin());
  }
  while (!root.children.empty() && kind_of(root.children.back()) == Kind::end) root.children.pop_back();
}

// Children come before their parents, so one pass makes every part. With counters instead of copies, {1,1000} is cheap.
Part from_tree(GrammarBuilder& builder, const Regex& regex) {
  std::vector<Part> parts;
  for (const RegexNode& node : regex.nodes) {
    std::vector<Part> children;
    for (const std::uint32_t child : node.children) children.push_back(parts[child]);
    switch (node.kind) {
      case Kind::set:
        parts.push_back(builder.characters(node.set));
        break;
      case Kind::sequence:
        parts.push_back(builder.sequence(std::move(children)));
        break;
      case Kind::choice:
        parts.push_back(builder.choice(std::move(children)));
        break;
      case Kind::repeat:
        parts.push_back(builder.repeat(children[0], node.minimum, node.maximum));
        break;
      default:
        parts.push_back(builder.empty());
    }
  }
  return parts[regex.root];
}

Part from_automaton(GrammarBuilder& builder, const CharacterAutomaton& automaton) {
  GrammarBuilder::Graph graph;
  for (std::uint32_t state = 0; state < automaton.n_states(); ++state) {
    graph.accepting.push_back(automaton.accepting(state));
    for (std::size_t c = 0; c < automaton.classes().size(); ++c) {
      const std::uint32_t target = automaton.step(state, c);
      if (target == CharacterAutomaton::kDead) continue;
      graph.steps.push_back({state, builder.characters(automaton.classes()[c]), target});
    }
  }
  return builder.graph(std::move(graph));
}

}  // namespace

Grammar regex_grammar(std::string_view pattern) {
  Regex regex = parse_regex(pattern);
  drop_outer_anchors(regex);
  // Anchors that are left are dropped anchors' nodes, which nobody refers to, or stand inside.
  std::vector<bool> used(regex.nodes.size(), false);
  used[regex.root] = true;
  bool anchored_inside = false;
  for (std::size_t i = regex.nodes.size(); i > 0; --i) {
    if (!used[i - 1]) continue;
    const RegexNode& node = regex.nodes[i - 1];
    for (const std::uint32_t child : node.children) used[child] = true;
    anchored_inside = anchored_inside || node.kind == Kind::begin || node.kind == Kind::end;
  }
  GrammarBuilder builder;
  const GrammarBuilder::Rule root = builder.declare("regular expression");
  builder.define(
      root, anchored_inside ? from_automaton(builder, CharacterAutomaton::matching(regex)) : from_tree(builder, regex));
  return builder.build(root);
}

}  // namespace minnow::text
