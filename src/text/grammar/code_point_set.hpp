// Sets of Unicode characters, as grammars and regular expressions name them: sorted ranges that don't touch.
// Surrogates are never members: no UTF-8 text holds one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace minnow::text {

struct CodePointRange {
  char32_t first, last;  // both included

  bool operator==(const CodePointRange&) const = default;
};

class CodePointSet {
 public:
  CodePointSet() = default;
  CodePointSet(std::initializer_list<CodePointRange> ranges);
  static CodePointSet all();

  // Preconditions: first ≤ last ≤ 0x10FFFF.
  void add(char32_t first, char32_t last);
  void add(const CodePointSet& other);

  bool empty() const { return ranges_.empty(); }
  bool contains(char32_t c) const;
  const std::vector<CodePointRange>& ranges() const { return ranges_; }
  CodePointSet complement() const;
  CodePointSet intersection(const CodePointSet& other) const;
  CodePointSet without(const CodePointSet& other) const { return intersection(other.complement()); }

  bool operator==(const CodePointSet&) const = default;

 private:
  std::vector<CodePointRange> ranges_;
};

struct ByteRange {
  std::uint8_t first, last;
};

// Up to four ranges of bytes: every choice of one byte from each is one character of the set.
struct Utf8Sequence {
  std::array<ByteRange, 4> bytes;
  std::size_t length = 0;
};

// The set spelled in UTF-8.
std::vector<Utf8Sequence> utf8_sequences(const CodePointSet& set);

}  // namespace minnow::text
