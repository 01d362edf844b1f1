#include "models/kv_cache.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <new>
#include <set>

namespace minnow::models {
namespace {

using kernels::CacheType;
using kernels::kPagePositions;

DecoderSpec small_spec() {
  DecoderSpec spec;
  spec.key_size = 32;
  spec.value_size = 64;
  spec.layers.assign(3, {.n_heads = 4, .n_kv_heads = 2, .ffn_size = 128});
  return spec;
}

// Writes n more positions, each page's byte at the row a mark of its own.
void fill(KvCache& cache, std::size_t n, std::uint8_t mark) {
  cache.make_room(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t position = cache.size() + i;
    cache.page_start(position)[position % kPagePositions] = std::byte{mark};
  }
  cache.grow(n);
}

std::uint8_t mark_at(KvCache& cache, std::size_t position) {
  return std::to_integer<std::uint8_t>(cache.page_start(position)[position % kPagePositions]);
}

TEST(KvPages, GiveEveryHeadRunsThatDontOverlap) {
  const DecoderSpec spec = small_spec();
  for (const CacheType type : {CacheType::f32, CacheType::f16, CacheType::q8_0}) {
    KvPages pages(spec, 1, 64, type);
    std::set<std::size_t> begins;
    std::size_t bytes = 0;
    for (std::size_t layer = 0; layer < 3; ++layer) {
      for (std::size_t head = 0; head < 2; ++head) {
        begins.insert(pages.keys(layer, head));
        begins.insert(pages.values(layer, head));
        bytes += kernels::cache_run_bytes(type, 32) + kernels::cache_run_bytes(type, 64);
      }
    }
    EXPECT_EQ(begins.size(), 12u);
    EXPECT_EQ(bytes, pages.page_bytes());
    std::size_t visited = 0;
    pages.each_part(0, kPagePositions, [&](std::byte*, std::size_t size) { visited += size; });
    EXPECT_EQ(visited, pages.page_bytes());
    visited = 0;
    pages.each_part(0, 3, [&](std::byte*, std::size_t size) { visited += size; });
    EXPECT_EQ(visited, 3 * pages.position_bytes());
  }
}

TEST(KvPages, AskForOneToBeGivenUpBeforeTheyRunOut) {
  KvPages pages(small_spec(), 2, 64, CacheType::f16);
  const auto first = pages.take();
  pages.take();
  EXPECT_THROW(pages.take(), std::bad_alloc);
  bool asked = false;
  pages.on_shortage([&] {
    if (asked) return false;
    asked = true;
    pages.drop(first);
    return true;
  });
  EXPECT_EQ(pages.take(), first);
  EXPECT_THROW(pages.take(), std::bad_alloc);
}

TEST(KvCache, SharesPagesUntilOneOfTheSequencesGoesOn) {
  KvPages pages(small_spec(), 8, 256, CacheType::f16);
  KvCache one(pages, 256), other(pages, 256);
  fill(one, 100, 1);
  other.share_prefix(one, 80);
  EXPECT_EQ(other.size(), 80u);
  EXPECT_EQ(pages.n_free(), 6u);
  fill(other, 10, 2);  // the second page, which is full to position 99 for `one`, is copied
  EXPECT_EQ(pages.n_free(), 5u);
  for (std::size_t p = 0; p < 100; ++p) EXPECT_EQ(mark_at(one, p), 1) << p;
  for (std::size_t p = 0; p < 90; ++p) EXPECT_EQ(mark_at(other, p), p < 80 ? 1 : 2) << p;
  EXPECT_EQ(one.pages()[0], other.pages()[0]);
  fill(one, 5, 3);  // nobody else holds its second page: it is written where it is
  EXPECT_EQ(pages.n_free(), 5u);
  EXPECT_EQ(mark_at(other, 85), 2);
}

TEST(KvCache, GivesBackWhatItNoLongerHolds) {
  KvPages pages(small_spec(), 4, 256, CacheType::f16);
  {
    KvCache cache(pages, 256);
    fill(cache, 200, 1);
    EXPECT_EQ(pages.n_free(), 0u);
    cache.truncate(64);
    EXPECT_EQ(pages.n_free(), 3u);
    KvCache moved = std::move(cache);
    EXPECT_EQ(moved.size(), 64u);
    KvCache third(pages, 256);
    third.share_prefix(moved, 64);
    third.share_prefix(third, 10);  // its own pages
    EXPECT_EQ(third.size(), 10u);
    EXPECT_EQ(pages.n_free(), 3u);
  }
  EXPECT_EQ(pages.n_free(), 4u);
}

TEST(KvCache, KeepsItsContentsWhenThereIsNoRoomForMore) {
  KvPages pages(small_spec(), 2, 256, CacheType::f16);
  KvCache one(pages, 256), other(pages, 256);
  fill(one, 70, 1);
  other.share_prefix(one, 70);
  EXPECT_THROW(other.make_room(1), std::bad_alloc);
  EXPECT_THROW(one.make_room(100), std::bad_alloc);
  EXPECT_EQ(other.size(), 70u);
  for (std::size_t p = 0; p < 70; ++p) EXPECT_EQ(mark_at(other, p), 1) << p;
}

}  // namespace
}  // namespace minnow::models
