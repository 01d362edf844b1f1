// Turns the parts of a GrammarBuilder into the graph that runs, and looks it over: which nodes can be completed, which
// may match nothing, and whether a rule begins with itself.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "text/grammar/grammar_builder.hpp"

namespace minnow::text {

class GrammarCompiler {
 public:
  explicit GrammarCompiler(const GrammarBuilder& builder) : builder_(builder) {}

  // Everything `root` needs. False when no text matches, and then there is nothing to take.
  bool compile(GrammarBuilder::Rule root);
  Grammar take() { return std::move(grammar_); }

 private:
  using Node = std::uint32_t;
  using Kind = GrammarNode::Kind;

  Node add(GrammarNode node);
  Node add_choice(const std::vector<Node>& alternatives);
  Node part(GrammarBuilder::Part part, Node next);
  Node literal(const std::string& text, Node next);
  Node graph(const GrammarBuilder::Graph& graph, Node next);
  std::uint32_t byte_set(const ByteSet& set);
  void compile_rules(GrammarBuilder::Rule root);
  void resolve_calls();

  // The least solution of "a node has it if `holds` says so, given which nodes have it already".
  std::vector<bool> fixpoint(const std::function<bool(const GrammarNode&, const std::vector<bool>&)>& holds) const;
  void cut(const std::vector<bool>& productive);
  void loosen_empty_rounds();
  std::vector<bool> nullable() const;
  void refuse_left_recursion() const;
  void begins_with(Node node, const std::vector<bool>& nullable, std::vector<Node>& out) const;
  [[noreturn]] void refuse_cycle(const std::vector<Node>& path, Node again) const;
  void find_byte_classes();

  const GrammarBuilder& builder_;
  Grammar grammar_;
  std::unordered_map<ByteSet, std::uint32_t> byte_set_numbers_;
  std::vector<std::uint32_t> rule_entries_;  // kUnknown: not needed so far
  std::vector<GrammarBuilder::Rule> to_compile_;
};

}  // namespace minnow::text
