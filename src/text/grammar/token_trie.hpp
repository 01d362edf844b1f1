// The tokens of a vocabulary by their bytes, so that a grammar can be asked about all of them in one walk.
//
// Made once per tokenizer and never changed; any number of threads may read it. Control tokens and tokens without bytes
// are left out: under a grammar a model may only say what can be read, and end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.hpp"

namespace minnow::text {

// One bit per token id, lowest first.
using TokenSet = std::vector<std::uint64_t>;

inline void add_token(TokenSet& set, TokenId id) {
  set[static_cast<std::size_t>(id) / 64] |= std::uint64_t{1} << (static_cast<std::size_t>(id) % 64);
}
inline bool has_token(std::span<const std::uint64_t> set, TokenId id) {
  return ((set[static_cast<std::size_t>(id) / 64] >> (static_cast<std::size_t>(id) % 64)) & 1) != 0;
}

class TokenTrie {
 public:
  static constexpr std::size_t kLongestPlain = 64;  // characters; longer tokens are looked at byte by byte

  // A node per byte, in the order of a walk that goes deep first: what begins with it are the `size` nodes from it on.
  struct Node {
    std::uint32_t size;
    std::uint32_t first_token;  // into token_ids(); this node's end where the next node's begin
    std::uint16_t depth;        // bytes before this one
    std::uint8_t byte;
  };

  // `shown`: control tokens that count as their text all the same.
  explicit TokenTrie(const Tokenizer& tokenizer, std::span<const TokenId> shown = {});

  std::size_t vocabulary_size() const { return bytes_.size(); }
  std::size_t n_words() const { return (bytes_.size() + 63) / 64; }
  // The bytes of a token; empty for one that is left out.
  const std::string& bytes(TokenId id) const { return bytes_[static_cast<std::size_t>(id)]; }
  const std::vector<TokenId>& end_tokens() const { return end_tokens_; }

  // Every token, and every token but the plain ones.
  std::span<const Node> all_nodes() const { return std::span(all_.nodes).first(all_.nodes.size() - 1); }
  std::span<const Node> other_nodes() const { return std::span(other_.nodes).first(other_.nodes.size() - 1); }
  // Of a node out of one of these lists.
  std::span<const TokenId> tokens_of_all(const Node& node) const { return tokens_at(all_, node); }
  std::span<const TokenId> tokens_of_other(const Node& node) const { return tokens_at(other_, node); }

  // The tokens that are whole characters, at most so many of them and at most kLongestPlain, none of them a control
  // character, '"' or '\'.
  const TokenSet& plain_tokens(std::size_t most_characters) const {
    return plain_[std::min(most_characters, kLongestPlain)];
  }
  // The token that covers most of the beginning of `text`; -1 when none does.
  TokenId longest_beginning(std::string_view text) const;
  // The nodes of what begins with `text` and goes on.
  std::span<const Node> longer_than(std::string_view text) const;

 private:
  struct Tree {
    std::vector<Node> nodes;  // and one more that ends the last
    std::vector<TokenId> ids;
  };

  // A node's tokens end where those of the next node begin.
  static std::span<const TokenId> tokens_at(const Tree& tree, const Node& node) {
    return {tree.ids.data() + node.first_token, tree.ids.data() + (&node)[1].first_token};
  }
  static Tree make_tree(const std::vector<std::string>& bytes, std::vector<TokenId> ids);

  std::vector<std::string> bytes_;
  std::vector<TokenId> end_tokens_;
  Tree all_, other_;
  std::vector<TokenSet> plain_;  // by the most characters
};

}  // namespace minnow::text
