// Finds control and user-defined tokens in a text: the leftmost, and of those that begin there the longest.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "text/tokenizer.hpp"

namespace minnow::text {

class SpecialTokens {
 public:
  // No special token may be longer than this, which bounds the work per byte of text.
  static constexpr std::size_t kLongestBytes = 1024;

  struct Match {
    std::size_t begin, end;
    TokenId id;
  };

  SpecialTokens();
  // `always`: also found when the caller doesn't want special tokens parsed (user-defined tokens).
  void add(std::string_view token, TokenId id, bool always);
  std::optional<Match> find(std::string_view text, std::size_t from, bool parse_special) const;

 private:
  struct Node {
    std::vector<std::pair<unsigned char, std::uint32_t>> children;  // sorted by byte
    TokenId id = -1;
    bool always = false;
  };

  const Node* child(const Node& node, unsigned char byte) const;

  std::vector<Node> nodes_;  // a tree of bytes; the first is the root
  std::array<bool, 256> begins_token_{};
};

}  // namespace minnow::text
