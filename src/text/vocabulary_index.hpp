// Finds a token by its text, and a pair of tokens' merge: flat hash tables, because real models bring 100,000s of
// each and must be ready in a fraction of a second. Both are seeded at random, so no file can choose its collisions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.hpp"

namespace minnow::text {

class VocabularyIndex {
 public:
  // `tokens` must outlive the index and stay where it is. Of equal tokens the first is found.
  explicit VocabularyIndex(std::span<const std::string> tokens);

  std::optional<TokenId> find(std::string_view token) const;
  std::size_t longest_token_bytes() const { return longest_token_bytes_; }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    TokenId id = -1;
  };

  std::uint64_t hash_of(std::string_view token) const;

  std::span<const std::string> tokens_;
  std::uint64_t seed_;
  std::size_t mask_;
  std::size_t longest_token_bytes_ = 0;
  std::vector<Slot> slots_;
};

struct Merge {
  std::int32_t order;  // lower merges first
  TokenId id;          // what the pair becomes
};

class MergeTable {
 public:
  explicit MergeTable(std::size_t expected_merges);

  // Of equal pairs the first added stays. Precondition: no more adds than expected; ids are not negative.
  void add(TokenId left, TokenId right, Merge merge);
  std::optional<Merge> find(TokenId left, TokenId right) const;

 private:
  struct Slot {
    std::uint64_t pair = kEmpty;
    Merge merge{0, -1};
  };
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};

  std::size_t slot_of(std::uint64_t pair) const;

  std::uint64_t seed_;
  std::size_t mask_;
  std::vector<Slot> slots_;
};

}  // namespace minnow::text
