#include "text/grammar/grammar_compiler.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/error.hpp"

namespace minnow::text {
namespace {

constexpr std::uint32_t kUnknown = 0xFFFFFFFF;
constexpr std::uint32_t kDone = 0;

}  // namespace

GrammarCompiler::Node GrammarCompiler::add(GrammarNode node) {
  if (grammar_.nodes.size() >= builder_.limits_.nodes) {
    fail(ErrorCode::invalid_input, "the grammar needs more than {} nodes", builder_.limits_.nodes);
  }
  grammar_.nodes.push_back(node);
  return static_cast<Node>(grammar_.nodes.size() - 1);
}

GrammarCompiler::Node GrammarCompiler::add_choice(const std::vector<Node>& alternatives) {
  const auto first = static_cast<std::uint32_t>(grammar_.choices.size());
  grammar_.choices.insert(grammar_.choices.end(), alternatives.begin(), alternatives.end());
  return add({Kind::choice, static_cast<std::uint32_t>(alternatives.size()), first});
}

std::uint32_t GrammarCompiler::byte_set(const ByteSet& set) {
  const auto [at, is_new] = byte_set_numbers_.try_emplace(set, static_cast<std::uint32_t>(grammar_.byte_sets.size()));
  if (is_new) grammar_.byte_sets.push_back(set);
  return at->second;
}

GrammarCompiler::Node GrammarCompiler::literal(const std::string& text, Node next) {
  for (auto byte = text.rbegin(); byte != text.rend(); ++byte) {
    next = add({Kind::bytes, next, static_cast<std::uint8_t>(*byte)});  // the first 256 sets are the single bytes
  }
  return next;
}

GrammarCompiler::Node GrammarCompiler::graph(const GrammarBuilder::Graph& graph, Node next) {
  const std::size_t n_states = graph.accepting.size();
  const auto first = static_cast<Node>(grammar_.nodes.size());
  for (std::size_t i = 0; i < n_states; ++i) add({Kind::choice, 0, 0});
  std::vector<std::vector<Node>> alternatives(n_states);
  for (const GrammarBuilder::Step& step : graph.steps) {
    alternatives[step.from].push_back(part(step.part, first + step.to));
  }
  for (std::size_t i = 0; i < n_states; ++i) {
    if (graph.accepting[i]) alternatives[i].push_back(next);
    grammar_.nodes[first + i] = {Kind::choice, static_cast<std::uint32_t>(alternatives[i].size()),
                                 static_cast<std::uint32_t>(grammar_.choices.size())};
    grammar_.choices.insert(grammar_.choices.end(), alternatives[i].begin(), alternatives[i].end());
  }
  return first;
}

GrammarCompiler::Node GrammarCompiler::part(GrammarBuilder::Part index, Node next) {
  using Item = GrammarBuilder::Kind;
  const GrammarBuilder::Item& item = builder_.items_[index];
  switch (item.kind) {
    case Item::empty:
      return next;
    case Item::nothing:
      return add_choice({});
    case Item::literal:
      return literal(builder_.literals_[item.index], next);
    case Item::bytes:
      return add({Kind::bytes, next, byte_set(builder_.byte_sets_[item.index])});
    case Item::sequence:
      for (auto element = item.parts.rbegin(); element != item.parts.rend(); ++element) next = part(*element, next);
      return next;
    case Item::choice: {
      std::vector<Node> alternatives;
      for (const GrammarBuilder::Part element : item.parts) alternatives.push_back(part(element, next));
      return add_choice(alternatives);
    }
    case Item::repeat: {
      if (item.repetition.minimum == 0 && item.repetition.maximum == 1) {
        return add_choice({part(item.parts[0], next), next});
      }
      GrammarRepeat repetition = item.repetition;
      repetition.body = part(item.parts[0], kDone);
      grammar_.repeats.push_back(repetition);
      return add({Kind::repeat, next, static_cast<std::uint32_t>(grammar_.repeats.size() - 1)});
    }
    case Item::graph:
      return graph(builder_.graphs_[item.index], next);
    case Item::rule:
      if (rule_entries_[item.index] == kUnknown) {
        rule_entries_[item.index] = kDone;  // asked for; its place comes later
        to_compile_.push_back(item.index);
      }
      return add({Kind::call, next, item.index});
  }
  return next;
}

void GrammarCompiler::compile_rules(GrammarBuilder::Rule root) {
  rule_entries_.assign(builder_.rules_.size(), kUnknown);
  rule_entries_[root] = kDone;
  to_compile_.push_back(root);
  while (!to_compile_.empty()) {
    const GrammarBuilder::Rule rule = to_compile_.back();
    to_compile_.pop_back();
    const auto& [name, body] = builder_.rules_[rule];
    if (!body) fail(ErrorCode::invalid_input, "the grammar uses a rule '{}' and doesn't define it", name);
    rule_entries_[rule] = part(*body, kDone);
  }
}

void GrammarCompiler::resolve_calls() {
  for (GrammarNode& node : grammar_.nodes) {
    if (node.kind == Kind::call) node.argument = rule_entries_[node.argument];
  }
}

bool GrammarCompiler::compile(GrammarBuilder::Rule root) {
  grammar_ = {};
  byte_set_numbers_.clear();
  for (unsigned byte = 0; byte < 256; ++byte) {
    ByteSet one;
    one.set(byte);
    byte_set(one);
  }
  add({Kind::done, 0, 0});
  compile_rules(root);
  resolve_calls();
  grammar_.root = rule_entries_[root];
  const std::vector<bool> productive = fixpoint([this](const GrammarNode& node, const std::vector<bool>& has) {
    const auto alternative_has = [&](std::uint32_t alternative) { return has[alternative]; };
    switch (node.kind) {
      case Kind::done:
        return true;
      case Kind::bytes:
        return has[node.next] && grammar_.byte_sets[node.argument].any();
      case Kind::choice: {
        const auto list = grammar_.alternatives(node);
        return std::any_of(list.begin(), list.end(), alternative_has);
      }
      case Kind::call:
        return has[node.next] && has[node.argument];
      case Kind::repeat: {
        const GrammarRepeat& repeat = grammar_.repeats[node.argument];
        return has[node.next] && (repeat.minimum == 0 || has[repeat.body]);
      }
    }
    return false;
  });
  if (!productive[grammar_.root]) return false;
  cut(productive);
  refuse_left_recursion();
  loosen_empty_rounds();
  find_byte_classes();
  return true;
}

std::vector<bool> GrammarCompiler::fixpoint(
    const std::function<bool(const GrammarNode&, const std::vector<bool>&)>& holds) const {
  // Whoever asks about a node is looked at again when the node turns out to have it.
  const std::size_t n_nodes = grammar_.nodes.size();
  std::vector<std::vector<Node>> askers(n_nodes);
  for (std::size_t i = 0; i < n_nodes; ++i) {
    const GrammarNode& node = grammar_.nodes[i];
    const auto asker = static_cast<Node>(i);
    if (node.kind == Kind::choice) {
      for (const Node alternative : grammar_.alternatives(node)) askers[alternative].push_back(asker);
    } else if (node.kind != Kind::done) {
      askers[node.next].push_back(asker);
    }
    if (node.kind == Kind::call) askers[node.argument].push_back(asker);
    if (node.kind == Kind::repeat) askers[grammar_.repeats[node.argument].body].push_back(asker);
  }
  std::vector<bool> has(n_nodes, false);
  std::vector<Node> work;
  for (std::size_t i = n_nodes; i > 0; --i) work.push_back(static_cast<Node>(i - 1));
  while (!work.empty()) {
    const Node node = work.back();
    work.pop_back();
    if (has[node] || !holds(grammar_.nodes[node], has)) continue;
    has[node] = true;
    work.insert(work.end(), askers[node].begin(), askers[node].end());
  }
  return has;
}

void GrammarCompiler::cut(const std::vector<bool>& productive) {
  for (GrammarNode& node : grammar_.nodes) {
    if (node.kind == Kind::choice) {
      const auto begin = grammar_.choices.begin() + node.argument;
      const auto end = std::stable_partition(begin, begin + node.next, [&](Node n) { return productive[n]; });
      node.next = static_cast<std::uint32_t>(end - begin);
    } else if (node.kind == Kind::repeat && !productive[grammar_.repeats[node.argument].body]) {
      grammar_.repeats[node.argument].maximum = 0;
    }
  }
}

std::vector<bool> GrammarCompiler::nullable() const {
  return fixpoint([this](const GrammarNode& node, const std::vector<bool>& has) {
    switch (node.kind) {
      case Kind::done:
        return true;
      case Kind::bytes:
        return false;
      case Kind::choice: {
        const auto list = grammar_.alternatives(node);
        return std::any_of(list.begin(), list.end(), [&](Node n) { return has[n]; });
      }
      case Kind::call:
        return has[node.next] && has[node.argument];
      case Kind::repeat: {
        const GrammarRepeat& repeat = grammar_.repeats[node.argument];
        return has[node.next] && (repeat.minimum == 0 || has[repeat.body]);
      }
    }
    return false;
  });
}

// A round that may match nothing can stand for any number of missing ones, so fewer rounds are as good.
void GrammarCompiler::loosen_empty_rounds() {
  const std::vector<bool> empty = nullable();
  for (GrammarRepeat& repeat : grammar_.repeats) {
    if (empty[repeat.body]) repeat.minimum = 0;
  }
}

// The nodes that are reached from `node` before a byte is read.
void GrammarCompiler::begins_with(Node index, const std::vector<bool>& nullable, std::vector<Node>& out) const {
  out.clear();
  const GrammarNode& node = grammar_.nodes[index];
  if (node.kind == Kind::choice) {
    const auto list = grammar_.alternatives(node);
    out.assign(list.begin(), list.end());
  } else if (node.kind == Kind::call) {
    out.push_back(node.argument);
    if (nullable[node.argument]) out.push_back(node.next);
  } else if (node.kind == Kind::repeat) {
    const GrammarRepeat& repeat = grammar_.repeats[node.argument];
    if (repeat.maximum > 0) out.push_back(repeat.body);
    if (repeat.minimum == 0 || nullable[repeat.body]) out.push_back(node.next);
  }
}

void GrammarCompiler::refuse_left_recursion() const {
  enum class Visit : std::uint8_t { no, open, closed };
  const std::vector<bool> empty = nullable();
  std::vector<Visit> visits(grammar_.nodes.size(), Visit::no);
  std::vector<Node> path;
  std::vector<std::vector<Node>> ahead;
  const auto enter = [&](Node node) {
    visits[node] = Visit::open;
    path.push_back(node);
    ahead.emplace_back();
    begins_with(node, empty, ahead.back());
  };
  for (Node start = 0; start < grammar_.nodes.size(); ++start) {
    if (visits[start] != Visit::no) continue;
    enter(start);
    while (!path.empty()) {
      if (ahead.back().empty()) {
        visits[path.back()] = Visit::closed;
        path.pop_back();
        ahead.pop_back();
        continue;
      }
      const Node next = ahead.back().back();
      ahead.back().pop_back();
      if (visits[next] == Visit::open) refuse_cycle(path, next);
      if (visits[next] == Visit::no) enter(next);
    }
  }
}

void GrammarCompiler::refuse_cycle(const std::vector<Node>& path, Node again) const {
  std::unordered_map<Node, GrammarBuilder::Rule> rule_at;
  for (std::size_t rule = 0; rule < rule_entries_.size(); ++rule) {
    rule_at.try_emplace(rule_entries_[rule], static_cast<GrammarBuilder::Rule>(rule));
  }
  // The cycle is the end of the path, from `again` on; one of its nodes is the entry of the rule that was called.
  auto found = rule_at.find(again);
  for (std::size_t i = path.size(); found == rule_at.end() && i > 0 && path[i - 1] != again; --i) {
    found = rule_at.find(path[i - 1]);
  }
  fail(ErrorCode::invalid_input,
       "the grammar's rule '{}' can begin with itself; write the repetition with '*' or put the recursion last",
       found == rule_at.end() ? "?" : builder_.rules_[found->second].name);
}

void GrammarCompiler::find_byte_classes() {
  // Refined set by set: bytes stay together as long as every set holds both or neither.
  std::array<std::uint8_t, 256>& classes = grammar_.byte_class;
  std::uint32_t n_classes = 1;
  std::vector<bool> used(grammar_.byte_sets.size(), false);
  for (const GrammarNode& node : grammar_.nodes) {
    if (node.kind == Kind::bytes) used[node.argument] = true;
  }
  for (std::size_t i = 0; i < used.size() && n_classes < 256; ++i) {
    if (!used[i]) continue;
    std::map<std::pair<std::uint8_t, bool>, std::uint8_t> renamed;
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::pair key{classes[byte], grammar_.byte_sets[i].test(byte)};
      const auto name = renamed.try_emplace(key, static_cast<std::uint8_t>(renamed.size())).first->second;
      classes[byte] = name;
    }
    n_classes = static_cast<std::uint32_t>(renamed.size());
  }
  grammar_.n_classes = n_classes;
}

Grammar GrammarBuilder::build(Rule root) const {
  GrammarCompiler compiler(*this);
  if (!compiler.compile(root)) {
    fail(ErrorCode::invalid_input, "no text can match the grammar's rule '{}'", rules_[root].name);
  }
  return compiler.take();
}

bool GrammarBuilder::matches_something(Rule root) const { return GrammarCompiler(*this).compile(root); }

}  // namespace minnow::text
