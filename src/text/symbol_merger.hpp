// The loop every BPE shares: a word as a chain of symbols, merged pair by pair, best pair first, leftmost of equals.
//
//   merger.clear();
//   for each character: merger.append(begin, length, id);
//   merger.merge([&](const Symbol& left, const Symbol& right) -> std::optional<Merge> { … });
//   for (const Symbol& symbol : merger.symbols()) if (symbol.length > 0) …
//
// A heap holds the candidate pairs, so n symbols take O(n log n) steps; candidates that an earlier merge made
// stale are recognised when they come up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "text/vocabulary_index.hpp"

namespace minnow::text {

struct Symbol {
  std::uint32_t begin;   // in the text being merged
  std::uint32_t length;  // 0: swallowed by its left neighbour
  std::int32_t previous, next;
  TokenId id;  // -1: no token
};

class SymbolMerger {
 public:
  void clear() { symbols_.clear(); }

  void append(std::size_t begin, std::size_t length, TokenId id) {
    const auto index = static_cast<std::int32_t>(symbols_.size());
    if (index > 0) symbols_.back().next = index;
    symbols_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(length), index - 1, -1, id});
  }

  template <typename Rule>
  void merge(const Rule& rule) {
    candidates_.clear();
    for (std::size_t i = 1; i < symbols_.size(); ++i) propose(static_cast<std::int32_t>(i - 1), rule);
    while (!candidates_.empty()) {
      std::pop_heap(candidates_.begin(), candidates_.end(), is_worse);
      const Candidate best = candidates_.back();
      candidates_.pop_back();
      Symbol& left = symbols_[static_cast<std::size_t>(best.left)];
      if (left.length == 0 || left.next < 0) continue;
      Symbol& right = symbols_[static_cast<std::size_t>(left.next)];
      const std::optional<Merge> now = rule(left, right);
      if (!now || now->id != best.id) continue;
      join(left, right, best);
      if (left.previous >= 0) propose(left.previous, rule);
      if (left.next >= 0) propose(best.left, rule);
    }
  }

  const std::vector<Symbol>& symbols() const { return symbols_; }

 private:
  struct Candidate {
    std::int32_t order;
    std::int32_t left;
    TokenId id;
  };

  static bool is_worse(const Candidate& a, const Candidate& b) {
    return a.order != b.order ? a.order > b.order : a.left > b.left;
  }

  template <typename Rule>
  void propose(std::int32_t left, const Rule& rule) {
    const Symbol& symbol = symbols_[static_cast<std::size_t>(left)];
    const std::optional<Merge> merge = rule(symbol, symbols_[static_cast<std::size_t>(symbol.next)]);
    if (!merge) return;
    candidates_.push_back({merge->order, left, merge->id});
    std::push_heap(candidates_.begin(), candidates_.end(), is_worse);
  }

  void join(Symbol& left, Symbol& right, const Candidate& candidate) {
    left.length += right.length;
    left.id = candidate.id;
    left.next = right.next;
    if (right.next >= 0) symbols_[static_cast<std::size_t>(right.next)].previous = candidate.left;
    right.length = 0;
  }

  std::vector<Symbol> symbols_;
  std::vector<Candidate> candidates_;
};

}  // namespace minnow::text
