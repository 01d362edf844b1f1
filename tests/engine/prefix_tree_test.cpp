#include "engine/prefix_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/kv_slots.hpp"

namespace minnow::engine {
namespace {

models::DecoderSpec small_spec() {
  models::DecoderSpec spec;
  spec.vocabulary_size = 100;
  spec.key_size = spec.value_size = 8;
  spec.layers.assign(1, {.n_heads = 1, .n_kv_heads = 1, .ffn_size = 8});
  return spec;
}

std::vector<TokenId> tokens_of(std::size_t n, TokenId first = 0) {
  std::vector<TokenId> tokens(n);
  for (std::size_t i = 0; i < n; ++i) tokens[i] = first + static_cast<TokenId>(i % 50);
  return tokens;
}

// A tree, and sequences that are read and end.
struct Room {
  models::KvPages pages;
  PrefixTree tree;

  explicit Room(std::size_t n_pages, std::size_t longest = 1000)
      : pages(small_spec(), n_pages, longest, kernels::CacheType::f16), tree(pages, longest) {
    pages.on_shortage([this] { return tree.evict_one(); });
  }
  // How much of it was there.
  std::size_t read(const std::vector<TokenId>& tokens) {
    models::KvCache cache(pages, 1000);
    const auto match = tree.find(tokens, nullptr);
    cache.share_prefix(match.pages, match.n_tokens);
    cache.make_room(tokens.size() - match.n_tokens);
    cache.grow(tokens.size() - match.n_tokens);
    tree.insert(tokens, cache.pages(), nullptr);
    return match.n_tokens;
  }
};

TEST(PrefixTree, FindsTheLongestBeginningToTheToken) {
  Room room(20);
  EXPECT_EQ(room.read(tokens_of(200)), 0u);
  EXPECT_EQ(room.read(tokens_of(200)), 200u);
  EXPECT_EQ(room.read(tokens_of(130)), 130u);
  auto other = tokens_of(100);
  other.push_back(77);
  EXPECT_EQ(room.read(other), 100u);
  EXPECT_EQ(room.read(other), 101u);
  EXPECT_EQ(room.read(tokens_of(10, 3)), 0u);
  EXPECT_EQ(room.read(tokens_of(300)), 200u);
  EXPECT_EQ(room.tree.n_tokens(), 300u + 37 + 10);  // 37: of `other` from its second page on
}

TEST(PrefixTree, KeepsOnePageForWhatSequencesShare) {
  Room room(20);
  for (TokenId last = 60; last < 70; ++last) {
    auto tokens = tokens_of(128);
    tokens.push_back(last);
    room.read(tokens);
  }
  EXPECT_EQ(room.pages.n_free(), 20u - 2 - 10);
}

TEST(PrefixTree, EvictsWhatWasOfUseLongestAgoAndNeverWhatIsInUse) {
  Room room(4);
  room.read(tokens_of(64, 1));
  room.read(tokens_of(64, 2));
  room.read(tokens_of(64, 3));
  models::KvCache reader(room.pages, 1000);
  const auto match = room.tree.find(tokens_of(64, 1), nullptr);
  reader.share_prefix(match.pages, match.n_tokens);
  room.read(tokens_of(64, 4));
  EXPECT_EQ(room.read(tokens_of(64, 5)), 0u);  // one of 2, 3 and 4 goes
  EXPECT_EQ(room.tree.find(tokens_of(64, 1), nullptr).n_tokens, 64u);
  EXPECT_EQ(room.tree.find(tokens_of(64, 2), nullptr).n_tokens, 0u);
  EXPECT_EQ(room.tree.n_tokens(), 4 * 64u);
  for (TokenId i = 10; i < 20; ++i) room.read(tokens_of(64, i));
  EXPECT_EQ(room.tree.find(tokens_of(64, 1), nullptr).n_tokens, 64u) << "someone reads it";
  reader.truncate(0);
  for (TokenId i = 20; i < 30; ++i) room.read(tokens_of(64, i));
  EXPECT_EQ(room.tree.find(tokens_of(64, 1), nullptr).n_tokens, 0u);
}

// Two sequences have read the same, each into pages of its own; a third goes on from the second's. The tree has the
// first's pages and, after them, the second's: its own must not be kept by those that lead on.
TEST(PrefixTree, GivesUpItsOwnPagesThatLeadToPagesOfOthers) {
  Room room(9);
  const auto whole = tokens_of(4 * 64);
  models::KvCache first(room.pages, 1000), second(room.pages, 1000), third(room.pages, 1000);
  first.make_room(2 * 64);
  first.grow(2 * 64);
  second.make_room(4 * 64);
  second.grow(4 * 64);
  third.share_prefix(second, 4 * 64);
  room.tree.insert(std::span(whole).first(2 * 64), first.pages(), nullptr);
  first.truncate(0);
  room.tree.insert(whole, second.pages(), nullptr);
  second.truncate(0);
  const std::size_t n_third = 4 * 64 / kernels::kPagePositions;
  while (room.tree.evict_one()) {
  }
  EXPECT_EQ(room.pages.n_free(), room.pages.n_pages() - n_third);
  EXPECT_EQ(room.tree.n_tokens(), 0u);
}

TEST(PrefixTree, GivesUpCheapPagesBeforeDearOnes) {
  Room room(2);
  room.read(tokens_of(64, 1));
  room.read(tokens_of(3, 2));  // later, but quickly read again
  room.read(tokens_of(64, 3));
  EXPECT_EQ(room.tree.find(tokens_of(64, 1), nullptr).n_tokens, 64u);
  EXPECT_EQ(room.tree.find(tokens_of(3, 2), nullptr).n_tokens, 0u);
}

TEST(PrefixTree, KeepsEachAdaptersReadingApart) {
  Room room(8);
  const auto owner = std::make_shared<int>();  // the tree never looks into it
  const std::shared_ptr<const models::Adapter> adapter(owner, reinterpret_cast<const models::Adapter*>(owner.get()));
  const long others = adapter.use_count();
  models::KvCache cache(room.pages, 1000);
  cache.make_room(70);
  cache.grow(70);
  room.tree.insert(tokens_of(70), cache.pages(), adapter);
  EXPECT_EQ(room.tree.find(tokens_of(70), nullptr).n_tokens, 0u);
  EXPECT_EQ(room.tree.find(tokens_of(70), adapter.get()).n_tokens, 70u);
  EXPECT_TRUE(room.tree.entries(100).empty());
  cache.truncate(0);
  EXPECT_EQ(adapter.use_count(), others + 1);
  while (room.tree.evict_one()) {
  }
  EXPECT_EQ(adapter.use_count(), others) << "nothing is left of it";
}

TEST(PrefixTree, HandsOutParentsBeforeChildrenAndTakesThemBack) {
  Room room(20);
  room.read(tokens_of(200));
  auto other = tokens_of(150);
  other[140] = 99;
  room.read(other);
  Room again(20);
  const auto entries = room.tree.entries(100);
  ASSERT_EQ(entries.size(), 5u);
  std::vector<PrefixTree::Index> nodes;
  for (const auto& entry : entries) {
    const auto parent = entry.parent == PrefixTree::kNone ? PrefixTree::kNone : nodes.at(entry.parent);
    nodes.push_back(again.tree.restore(parent, entry.tokens, again.pages.take()));
  }
  EXPECT_EQ(again.read(tokens_of(200)), 200u);
  EXPECT_EQ(again.read(other), 150u);
  EXPECT_EQ(room.tree.entries(3).size(), 3u);
}

// Against a list of everything that was read, with memory for all of it.
TEST(PrefixTree, AgreesWithAListOfAllThatWasRead) {
  std::mt19937 random(7);
  Room room(4000, 400);
  std::vector<std::vector<TokenId>> all;
  for (int round = 0; round < 300; ++round) {
    std::vector<TokenId> tokens;
    if (!all.empty() && random() % 4 != 0) {
      const auto& old = all[random() % all.size()];
      tokens.assign(old.begin(), old.begin() + static_cast<std::ptrdiff_t>(random() % (old.size() + 1)));
    }
    const std::size_t n = tokens.size() + 1 + random() % 90;
    while (tokens.size() < std::min<std::size_t>(n, 400)) tokens.push_back(static_cast<TokenId>(random() % 2));
    std::size_t expected = 0;
    for (const auto& old : all) {
      const auto common = std::mismatch(old.begin(), old.end(), tokens.begin(), tokens.end()).first - old.begin();
      expected = std::max(expected, static_cast<std::size_t>(common));
    }
    ASSERT_EQ(room.read(tokens), expected) << round;
    all.push_back(tokens);
  }
}

// Many sequences come, go on and go, with less memory than they would like: nothing may be lost or run out.
TEST(PrefixTree, NeverRunsOutUnderSequencesThatWerePlannedFor) {
  std::mt19937 random(3);
  constexpr std::size_t kContext = 300;
  const models::DecoderSpec spec = small_spec();
  KvSlots slots(spec, 3, KvSlots::pages_for(3, kContext, {}), kContext, kernels::CacheType::f16);
  std::vector<KvSlot*> busy;
  for (int round = 0; round < 2000; ++round) {
    if (slots.any_free() && random() % 3 != 0) {
      KvSlot& slot = slots.acquire(tokens_of(1 + random() % (kContext - 1), static_cast<TokenId>(random() % 3)));
      slots.adopt_prefix(slot);
      busy.push_back(&slot);
    }
    for (KvSlot* slot : busy) {
      const std::size_t n = slot->pending().empty() ? 0 : 1 + random() % slot->pending().size();
      slot->cache.make_room(n);
      slot->cache.grow(n);
      if (slot->pending().empty() && slot->tokens.size() < kContext) {
        slot->tokens.push_back(static_cast<TokenId>(random() % 100));
      }
    }
    if (!busy.empty() && random() % 4 == 0) {
      slots.release(*busy.back());
      busy.pop_back();
    }
  }
  for (KvSlot* slot : busy) slots.release(*slot);
  while (slots.tree().evict_one()) {
  }
  EXPECT_EQ(slots.pages().n_free(), slots.pages().n_pages());
}

}  // namespace
}  // namespace minnow::engine
