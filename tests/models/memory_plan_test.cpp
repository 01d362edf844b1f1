// The plan is what is taken, and never wraps around.
#include "models/memory_plan.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <new>

#include "models/kv_cache.hpp"
#include "models/scratch.hpp"

namespace minnow::models {
namespace {

using kernels::CacheType;

DecoderSpec small_spec(std::size_t n_layers = 3) {
  DecoderSpec spec;
  spec.vocabulary_size = 1000;
  spec.embedding_size = 64;
  spec.key_size = 16;
  spec.value_size = 16;
  spec.rope.n_dims = 16;
  spec.layers.assign(n_layers, {.n_heads = 4, .n_kv_heads = 2, .ffn_size = 128});
  return spec;
}

TEST(MemoryPlan, CountsKeysAndValuesOfEveryLayerOnce) {
  const std::uint64_t page = 3u * 2 * (16 + 16) * 64;  // values of 64 positions
  const std::uint64_t scores = KvPages::kScoreRows * sizeof(float);
  EXPECT_EQ(KvCache::size_bytes(small_spec(), 1, CacheType::f16), page * 2 + scores);
  EXPECT_EQ(KvCache::size_bytes(small_spec(), 100, CacheType::f32), 2 * page * 4 + 100 * scores);
  DecoderSpec spec = small_spec();
  spec.key_size = spec.value_size = 64;
  EXPECT_EQ(KvPages::page_bytes(spec, CacheType::q8_0) * 16, KvPages::page_bytes(spec, CacheType::f16) * 9);
}

TEST(MemoryPlan, NeverWrapsAround) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(KvCache::size_bytes(small_spec(), std::size_t{1} << 60, CacheType::f32), kMost);
  EXPECT_EQ(plan_memory(small_spec(), 1, std::size_t{1} << 60, 512, CacheType::f32).total_bytes(), kMost);
  EXPECT_EQ(plan_memory(small_spec(), kMost, 16, 16, CacheType::f32).total_bytes(), kMost);
  EXPECT_THROW(KvCache(small_spec(), std::size_t{1} << 60, CacheType::f32), std::bad_alloc);
}

TEST(MemoryPlan, FindsTheLongestContextThatFitsToTheToken) {
  const DecoderSpec spec = small_spec();
  for (const std::size_t context : {1, 7, 512, 513, 40000}) {
    const std::uint64_t needed = plan_memory(spec, 12345, context, 512, CacheType::f16).total_bytes();
    EXPECT_EQ(largest_context(spec, 12345, 512, CacheType::f16, needed), context);
    EXPECT_EQ(largest_context(spec, 12345, 512, CacheType::f16, needed - 1), context - 1);
  }
  EXPECT_EQ(largest_context(spec, 12345, 512, CacheType::f16, 12345), 0u);
  EXPECT_EQ(largest_context(spec, 0, 512, CacheType::f16, std::numeric_limits<std::uint64_t>::max(), 4096), 4096u);
}

}  // namespace
}  // namespace minnow::models
