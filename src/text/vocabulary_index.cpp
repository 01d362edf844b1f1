#include "text/vocabulary_index.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>

namespace minnow::text {
namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32 | device()) | 1;
}

// Multiplies to 128 bits and folds the halves: every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;

// Tables are at most half full, so that probes stay short.
std::size_t mask_for(std::size_t entries) { return std::bit_ceil(std::max<std::size_t>(entries * 2, 8)) - 1; }

}  // namespace

VocabularyIndex::VocabularyIndex(std::span<const std::string> tokens)
    : tokens_(tokens), seed_(random_seed()), mask_(mask_for(tokens.size())), slots_(mask_ + 1) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    longest_token_bytes_ = std::max(longest_token_bytes_, tokens[i].size());
    const std::uint64_t hash = hash_of(tokens[i]);
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    std::size_t slot = hash & mask_;
    const auto is_other = [&](const Slot& taken) {
      return taken.id >= 0 && (taken.hash != tag || tokens[static_cast<std::size_t>(taken.id)] != tokens[i]);
    };
    while (is_other(slots_[slot])) slot = (slot + 1) & mask_;
    if (slots_[slot].id < 0) slots_[slot] = {tag, static_cast<TokenId>(i)};
  }
}

std::uint64_t VocabularyIndex::hash_of(std::string_view token) const {
  std::uint64_t hash = seed_ ^ mix(token.size() ^ kOdd, seed_);
  while (token.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, token.data(), 8);
    hash = mix(hash ^ word, kOdd);
    token.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  if (!token.empty()) std::memcpy(&rest, token.data(), token.size());
  return mix(hash ^ rest, kOdd ^ seed_);
}

std::optional<TokenId> VocabularyIndex::find(std::string_view token) const {
  if (token.size() > longest_token_bytes_) return std::nullopt;
  const std::uint64_t hash = hash_of(token);
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t slot = hash & mask_; slots_[slot].id >= 0; slot = (slot + 1) & mask_) {
    if (slots_[slot].hash == tag && tokens_[static_cast<std::size_t>(slots_[slot].id)] == token) return slots_[slot].id;
  }
  return std::nullopt;
}

MergeTable::MergeTable(std::size_t expected_merges)
    : seed_(random_seed()), mask_(mask_for(expected_merges)), slots_(mask_ + 1) {}

std::size_t MergeTable::slot_of(std::uint64_t pair) const { return mix(pair ^ seed_, kOdd) & mask_; }

void MergeTable::add(TokenId left, TokenId right, Merge merge) {
  const std::uint64_t pair = std::uint64_t{static_cast<std::uint32_t>(left)} << 32 | static_cast<std::uint32_t>(right);
  std::size_t slot = slot_of(pair);
  while (slots_[slot].pair != kEmpty && slots_[slot].pair != pair) slot = (slot + 1) & mask_;
  if (slots_[slot].pair == kEmpty) slots_[slot] = {pair, merge};
}

std::optional<Merge> MergeTable::find(TokenId left, TokenId right) const {
  const std::uint64_t pair = std::uint64_t{static_cast<std::uint32_t>(left)} << 32 | static_cast<std::uint32_t>(right);
  for (std::size_t slot = slot_of(pair); slots_[slot].pair != kEmpty; slot = (slot + 1) & mask_) {
    if (slots_[slot].pair == pair) return slots_[slot].merge;
  }
  return std::nullopt;
}

}  // namespace minnow::text
