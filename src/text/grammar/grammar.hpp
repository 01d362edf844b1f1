// A context-free grammar over bytes, ready to be run: a graph of nodes, one entry node a rule.
//
// Made by GrammarBuilder, run by GrammarAutomaton. A Grammar never changes; any number of threads may read it. Whatever
// text has been read so far, some continuation completes it: branches that could never end were cut when it was built.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

namespace minnow::text {

using ByteSet = std::bitset<256>;

struct GrammarNode {
  enum class Kind : std::uint8_t {
    done,    // the end of a rule, or of a repetition's body
    bytes,   // one byte out of byte_sets[argument], then next
    choice,  // any of the nodes choices[argument .. argument + next)
    call,    // the rule whose entry is the node `argument`, then next
    repeat,  // repeats[argument], then next
  };
  Kind kind = Kind::done;
  std::uint32_t next = 0;
  std::uint32_t argument = 0;
};

struct GrammarRepeat {
  static constexpr std::uint32_t kUnbounded = 0xFFFFFFFF;

  std::uint32_t body = 0;
  std::uint32_t minimum = 0;
  std::uint32_t maximum = kUnbounded;
  // Each round may be any one character but a control character, '"' and '\', and what comes after the last round
  // begins with one of these. Then whole sets of tokens are known to fit without a look at their bytes.
  bool takes_plain_characters = false;
};

struct Grammar {
  std::vector<GrammarNode> nodes;
  std::vector<std::uint32_t> choices;
  std::vector<GrammarRepeat> repeats;
  std::vector<ByteSet> byte_sets;
  std::uint32_t root = 0;
  // Bytes that no node tells apart share a class.
  std::array<std::uint8_t, 256> byte_class{};
  std::uint32_t n_classes = 0;

  std::span<const std::uint32_t> alternatives(const GrammarNode& node) const {
    return {choices.data() + node.argument, node.next};
  }
};

// What a grammar may be at most; more is refused with a sentence that names the limit.
struct GrammarLimits {
  std::size_t source_bytes = 1u << 20;
  std::size_t nodes = 400'000;
  std::size_t nesting = 256;
};

}  // namespace minnow::text
