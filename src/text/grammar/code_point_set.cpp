#include "text/grammar/code_point_set.hpp"

#include <algorithm>
#include <string>

#include "text/unicode.hpp"

namespace minnow::text {
namespace {

constexpr char32_t kLast = 0x10FFFF;
constexpr CodePointRange kSurrogates{0xD800, 0xDFFF};

// Appends the part of the range that is whole sequences of `length` bytes: cuts it where a continuation byte would
// not run through all of 80..BF.
void split(char32_t first, char32_t last, std::vector<Utf8Sequence>& out) {
  for (int continuation = 1; continuation < 4; ++continuation) {
    const char32_t mask = (char32_t{1} << (6 * continuation)) - 1;
    if ((first & ~mask) == (last & ~mask)) continue;
    if ((first & mask) != 0) {
      split(first, first | mask, out);
      split((first | mask) + 1, last, out);
      return;
    }
    if ((last & mask) != mask) {
      split(first, (last & ~mask) - 1, out);
      split(last & ~mask, last, out);
      return;
    }
  }
  std::string low, high;
  append_utf8(low, first);
  append_utf8(high, last);
  Utf8Sequence sequence{{}, low.size()};
  for (std::size_t i = 0; i < low.size(); ++i) {
    sequence.bytes[i] = {static_cast<std::uint8_t>(low[i]), static_cast<std::uint8_t>(high[i])};
  }
  out.push_back(sequence);
}

}  // namespace

CodePointSet::CodePointSet(std::initializer_list<CodePointRange> ranges) {
  for (const CodePointRange& range : ranges) add(range.first, range.last);
}

CodePointSet CodePointSet::all() { return {{0, kLast}}; }

void CodePointSet::add(char32_t first, char32_t last) {
  if (first < kSurrogates.first && last >= kSurrogates.first) {
    add(first, kSurrogates.first - 1);
    if (last > kSurrogates.last) add(kSurrogates.last + 1, last);
    return;
  }
  if (first >= kSurrogates.first && first <= kSurrogates.last) {
    if (last <= kSurrogates.last) return;
    first = kSurrogates.last + 1;
  }
  // Everything that overlaps or touches becomes one range.
  auto begin = std::lower_bound(ranges_.begin(), ranges_.end(), first,
                                [](const CodePointRange& range, char32_t c) { return range.last + 1 < c; });
  auto end = begin;
  for (; end != ranges_.end() && end->first <= last + 1; ++end) {
    first = std::min(first, end->first);
    last = std::max(last, end->last);
  }
  ranges_.insert(ranges_.erase(begin, end), {first, last});
}

void CodePointSet::add(const CodePointSet& other) {
  for (const CodePointRange& range : other.ranges_) add(range.first, range.last);
}

bool CodePointSet::contains(char32_t c) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), c,
                                   [](const CodePointRange& range, char32_t value) { return range.last < value; });
  return at != ranges_.end() && at->first <= c;
}

CodePointSet CodePointSet::complement() const {
  CodePointSet result;
  char32_t next = 0;
  for (const CodePointRange& range : ranges_) {
    if (range.first > next) result.add(next, range.first - 1);
    next = range.last + 1;
  }
  if (next <= kLast) result.add(next, kLast);
  return result;
}

CodePointSet CodePointSet::intersection(const CodePointSet& other) const {
  CodePointSet result;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const char32_t first = std::max(a->first, b->first);
    const char32_t last = std::min(a->last, b->last);
    if (first <= last) result.ranges_.push_back({first, last});
    (a->last < b->last) ? ++a : ++b;
  }
  return result;
}

std::vector<Utf8Sequence> utf8_sequences(const CodePointSet& set) {
  constexpr char32_t kLengthEnds[] = {0x7F, 0x7FF, 0xFFFF, kLast};
  std::vector<Utf8Sequence> sequences;
  for (const CodePointRange& range : set.ranges()) {
    char32_t first = range.first;
    for (const char32_t end : kLengthEnds) {
      if (first > end || first > range.last) continue;
      split(first, std::min(end, range.last), sequences);
      first = end + 1;
    }
  }
  return sequences;
}

}  // namespace minnow::text
