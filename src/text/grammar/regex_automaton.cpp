// From a regular expression's tree to an automaton: Thompson's construction, then sets of its states (Rabin and Scott).
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "text/grammar/character_automaton.hpp"

namespace minnow::text {

class RegexAutomatonBuilder {
 public:
  explicit RegexAutomatonBuilder(const Regex& regex) : regex_(regex) {}

  // `anywhere`: what comes before and after the match is free.
  CharacterAutomaton build(bool anywhere) {
    const std::uint32_t accept = add_state(NfaState());
    if (anywhere) {
      const std::uint32_t tail = free_text(accept);
      start_ = free_text(part(regex_.root, tail));
    } else {
      start_ = part(regex_.root, accept);
    }
    accept_ = accept;
    find_classes();
    return determinize();
  }

 private:
  using Kind = RegexNode::Kind;
  using States = std::vector<std::uint32_t>;  // sorted
  static constexpr std::size_t kMostNfaStates = 100'000;
  static constexpr std::uint32_t kNoSet = 0xFFFFFFFF;

  struct NfaState {
    std::vector<std::uint32_t> free;  // reached without reading
    std::vector<std::uint32_t> at_begin, at_end;
    std::uint32_t set = kNoSet;  // into sets_: reads one character and goes to `target`
    std::uint32_t target = 0;
  };

  std::uint32_t add_state(NfaState state) {
    if (nfa_.size() >= kMostNfaStates) {
      fail(ErrorCode::unsupported, "a regular expression needs more than {} steps", kMostNfaStates);
    }
    nfa_.push_back(std::move(state));
    return static_cast<std::uint32_t>(nfa_.size() - 1);
  }

  std::uint32_t set_number(const CodePointSet& set) {
    const auto found = std::find(sets_.begin(), sets_.end(), set);
    if (found != sets_.end()) return static_cast<std::uint32_t>(found - sets_.begin());
    if (sets_.size() >= 256) fail(ErrorCode::unsupported, "a regular expression has more than 256 kinds of characters");
    sets_.push_back(set);
    return static_cast<std::uint32_t>(sets_.size() - 1);
  }

  // Any text, then `next`.
  std::uint32_t free_text(std::uint32_t next) {
    const std::uint32_t loop = add_state({.free = {next}});
    const std::uint32_t read = add_state({.set = set_number(CodePointSet::all()), .target = loop});
    nfa_[loop].free.push_back(read);
    return loop;
  }

  // A state from which a match of the node leads to `next`.
  std::uint32_t part(std::uint32_t index, std::uint32_t next) {
    const RegexNode& node = regex_.nodes[index];
    switch (node.kind) {
      case Kind::empty:
        return next;
      case Kind::set:
        return add_state({.set = set_number(node.set), .target = next});
      case Kind::sequence:
        for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) next = part(*child, next);
        return next;
      case Kind::choice: {
        NfaState split;
        for (const std::uint32_t child : node.children) split.free.push_back(part(child, next));
        return add_state(std::move(split));
      }
      case Kind::repeat:
        return repeat(node, next);
      case Kind::begin:
        return add_state({.at_begin = {next}});
      case Kind::end:
        return add_state({.at_end = {next}});
    }
    return next;
  }

  std::uint32_t repeat(const RegexNode& node, std::uint32_t next) {
    if (node.maximum == RegexNode::kUnbounded) {
      const std::uint32_t loop = add_state({.free = {next}});
      const std::uint32_t round = part(node.children[0], loop);
      nfa_[loop].free.push_back(round);
      next = loop;
    } else {
      const std::uint32_t end = next;
      for (std::uint32_t i = node.minimum; i < node.maximum; ++i) {
        const std::uint32_t round = part(node.children[0], next);
        next = add_state({.free = {end, round}});
      }
    }
    for (std::uint32_t i = 0; i < node.minimum; ++i) {
      const std::uint32_t round = part(node.children[0], next);
      if (round == next) break;  // it reads nothing, however often
      next = round;
    }
    return next;
  }

  // Characters that no set of the expression tells apart share a class.
  void find_classes() {
    std::set<char32_t> borders{0};
    for (const CodePointSet& set : sets_) {
      for (const CodePointRange& range : set.ranges()) {
        borders.insert(range.first);
        borders.insert(range.last + 1);
      }
    }
    std::map<std::vector<bool>, std::uint32_t> numbers;
    for (auto border = borders.begin(); border != borders.end() && *border <= 0x10FFFF; ++border) {
      const auto after = std::next(border);
      const char32_t last = after == borders.end() ? 0x10FFFF : *after - 1;
      if (*border >= 0xD800 && last <= 0xDFFF) continue;  // surrogates are no characters
      std::vector<bool> members;
      for (const CodePointSet& set : sets_) members.push_back(set.contains(*border));
      const auto [at, is_new] = numbers.try_emplace(members, static_cast<std::uint32_t>(result_.classes_.size()));
      if (is_new) {
        result_.classes_.emplace_back();
        for (std::size_t set = 0; set < sets_.size(); ++set) {
          if (members[set]) classes_of_set_[set].push_back(at->second);
        }
      }
      result_.classes_[at->second].add(*border, last);
    }
  }

  States closure(const States& from, bool at_begin, bool at_end) const {
    marks_.resize(nfa_.size(), 0);
    ++mark_;
    States work = from;
    States reached;
    while (!work.empty()) {
      const std::uint32_t state = work.back();
      work.pop_back();
      if (marks_[state] == mark_) continue;
      marks_[state] = mark_;
      reached.push_back(state);
      const NfaState& node = nfa_[state];
      work.insert(work.end(), node.free.begin(), node.free.end());
      if (at_begin) work.insert(work.end(), node.at_begin.begin(), node.at_begin.end());
      if (at_end) work.insert(work.end(), node.at_end.begin(), node.at_end.end());
    }
    std::sort(reached.begin(), reached.end());
    return reached;
  }

  bool accepts(const States& states, bool at_begin) const {
    const States end = closure(states, at_begin, true);
    return std::binary_search(end.begin(), end.end(), accept_);
  }

  CharacterAutomaton determinize() {
    std::map<States, std::uint32_t> numbers;  // the start is not among them: only there '^' holds
    std::vector<States> found{closure({start_}, true, false)};
    result_.add_state(accepts(found[0], true));
    std::size_t work = 0;
    for (std::uint32_t i = 0; i < found.size(); ++i) {
      std::vector<States> targets(result_.classes_.size());
      for (const std::uint32_t state : found[i]) {
        const NfaState& node = nfa_[state];
        if (node.set == kNoSet) continue;
        for (const std::uint32_t c : classes_of_set_[node.set]) targets[c].push_back(node.target);
      }
      for (std::size_t c = 0; c < targets.size(); ++c) {
        if (targets[c].empty()) continue;
        const States next = closure(targets[c], false, false);
        if ((work += next.size()) > kMostWork) {
          fail(ErrorCode::unsupported, "a regular expression takes more than {} steps to prepare", kMostWork);
        }
        const auto [at, is_new] = numbers.try_emplace(next, static_cast<std::uint32_t>(found.size()));
        if (is_new) {
          found.push_back(next);
          result_.add_state(accepts(next, false));
        }
        result_.steps_[i * targets.size() + c] = at->second;
      }
    }
    result_.trim();
    return std::move(result_);
  }

  static constexpr std::size_t kMostWork = 20'000'000;

  const Regex& regex_;
  std::vector<NfaState> nfa_;
  std::vector<CodePointSet> sets_;
  std::map<std::size_t, std::vector<std::uint32_t>> classes_of_set_;
  std::uint32_t start_ = 0, accept_ = 0;
  mutable std::vector<std::uint32_t> marks_;  // closure() has seen the states marked with mark_
  mutable std::uint32_t mark_ = 0;
  CharacterAutomaton result_;
};

CharacterAutomaton CharacterAutomaton::containing(const Regex& regex) {
  return RegexAutomatonBuilder(regex).build(/*anywhere=*/true);
}

CharacterAutomaton CharacterAutomaton::matching(const Regex& regex) {
  return RegexAutomatonBuilder(regex).build(/*anywhere=*/false);
}

}  // namespace minnow::text
