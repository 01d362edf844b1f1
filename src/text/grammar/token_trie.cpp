#include "text/grammar/token_trie.hpp"

#include <algorithm>
#include <utility>

#include "text/unicode.hpp"

namespace minnow::text {
namespace {

// How many characters these bytes are; 0 when they aren't plain.
std::size_t plain_length(std::string_view bytes) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < bytes.size(); ++length) {
    const Utf8Step step = decode_utf8(bytes, i);
    if (!step.valid || step.code_point < 0x20 || step.code_point == '"' || step.code_point == '\\') return 0;
    i += step.length;
  }
  return length;
}

}  // namespace

TokenTrie::TokenTrie(const Tokenizer& tokenizer, std::span<const TokenId> shown)
    : bytes_(tokenizer.vocabulary_size()), plain_(kLongestPlain + 1, TokenSet(n_words())) {
  std::vector<TokenId> all, other;
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (tokenizer.is_end_of_generation(id)) {
      end_tokens_.push_back(id);
      continue;
    }
    const bool is_shown = std::find(shown.begin(), shown.end(), id) != shown.end();
    const TokenType type = tokenizer.spec().types[i];
    if ((type == TokenType::control || type == TokenType::unknown || type == TokenType::unused) && !is_shown) continue;
    bytes_[i] = tokenizer.piece(id, is_shown);
    if (bytes_[i].empty() || bytes_[i].size() > 0xFFFF) {
      bytes_[i].clear();
      continue;
    }
    all.push_back(id);
    const std::size_t length = plain_length(bytes_[i]);
    if (length == 0 || length > kLongestPlain) {
      other.push_back(id);
    } else {
      add_token(plain_[length], id);
    }
  }
  for (std::size_t length = 1; length < plain_.size(); ++length) {
    for (std::size_t word = 0; word < n_words(); ++word) plain_[length][word] |= plain_[length - 1][word];
  }
  all_ = make_tree(bytes_, std::move(all));
  other_ = make_tree(bytes_, std::move(other));
}

TokenTrie::Tree TokenTrie::make_tree(const std::vector<std::string>& bytes, std::vector<TokenId> ids) {
  const auto bytes_of = [&](TokenId id) -> const std::string& { return bytes[static_cast<std::size_t>(id)]; };
  std::sort(ids.begin(), ids.end(), [&](TokenId a, TokenId b) {
    const int order = bytes_of(a).compare(bytes_of(b));
    return order < 0 || (order == 0 && a < b);
  });
  Tree tree;
  std::vector<std::uint32_t> path;  // the nodes of the bytes before
  const auto close = [&](std::size_t depth) {
    for (; path.size() > depth; path.pop_back()) {
      tree.nodes[path.back()].size = static_cast<std::uint32_t>(tree.nodes.size()) - path.back();
    }
  };
  const std::string* previous = nullptr;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string& text = bytes_of(ids[i]);
    if (previous != nullptr && *previous == text) continue;
    std::size_t shared = 0;
    if (previous != nullptr) {
      const auto differs = std::mismatch(previous->begin(), previous->end(), text.begin(), text.end()).second;
      shared = static_cast<std::size_t>(differs - text.begin());
    }
    close(shared);
    for (std::size_t depth = shared; depth < text.size(); ++depth) {
      path.push_back(static_cast<std::uint32_t>(tree.nodes.size()));
      tree.nodes.push_back({0, static_cast<std::uint32_t>(i), static_cast<std::uint16_t>(depth),
                            static_cast<std::uint8_t>(text[depth])});
    }
    previous = &text;
  }
  close(0);
  const auto n_ids = static_cast<std::uint32_t>(ids.size());
  tree.nodes.push_back({1, n_ids, 0, 0});
  tree.ids = std::move(ids);
  return tree;
}

TokenId TokenTrie::longest_beginning(std::string_view text) const {
  TokenId longest = -1;
  std::size_t depth = 0;
  for (std::size_t i = 0; i + 1 < all_.nodes.size() && depth < text.size();) {
    const Node& node = all_.nodes[i];
    if (node.depth < depth) break;  // past everything that begins like the text
    if (node.byte != static_cast<std::uint8_t>(text[depth])) {
      i += node.size;
      continue;
    }
    const auto tokens = tokens_of_all(node);
    if (!tokens.empty()) longest = tokens.front();
    ++depth;
    ++i;
  }
  return longest;
}

std::span<const TokenTrie::Node> TokenTrie::longer_than(std::string_view text) const {
  std::size_t depth = 0;
  for (std::size_t i = 0; i + 1 < all_.nodes.size();) {
    const Node& node = all_.nodes[i];
    if (node.depth < depth) break;
    if (node.byte != static_cast<std::uint8_t>(text[depth])) {
      i += node.size;
      continue;
    }
    ++i;
    if (++depth == text.size()) return std::span(all_.nodes).subspan(i, node.size - 1);
  }
  return {};
}

}  // namespace minnow::text
