// Attention against double precision, each instruction set against the scalar twin, and queries together against each
// alone.
#include <algorithm>

#include "inputs.hpp"
#include "numeric/half.hpp"
#include "paged_rows.hpp"

namespace minnow::kernels {
namespace {

struct Case {
  std::size_t key_size;
  std::size_t value_size;
  std::size_t begin;
  std::size_t end;
  float soft_cap;
};

constexpr std::size_t kQueries = 7;

constexpr Case kCases[] = {{64, 64, 0, 1, 0},   {64, 64, 0, 37, 0},   {80, 80, 3, 50, 0},      {128, 128, 0, 130, 30},
                           {8, 8, 0, 5, 0},     {96, 72, 10, 26, 50}, {256, 256, 100, 117, 0}, {24, 136, 0, 33, 0},
                           {64, 32, 63, 65, 0}, {32, 64, 70, 200, 0}};

struct Cache {
  std::vector<float> queries, keys, values;  // kQueries queries
};

// Keys and values that f16 holds exactly, so that both caches mean the same numbers.
Cache make_cache(const Case& c) {
  Cache cache{random_values(kQueries * c.key_size, 1, 3.0f), random_values(c.end * c.key_size, 2),
              random_values(c.end * c.value_size, 3)};
  for (auto* list : {&cache.keys, &cache.values}) {
    for (float& value : *list) value = numeric::f16_to_f32(numeric::f32_to_f16(value));
  }
  return cache;
}

std::vector<float> attend(const KernelTable& kernels, const Case& c, const Cache& cache, CacheType type,
                          std::size_t n_queries = 1, std::size_t first_query = 0) {
  std::vector<float> scores(std::min(n_queries, AttentionArgs::kQueryTile) * (c.end - c.begin));
  std::vector<float> out(n_queries * c.value_size, -1.0f);
  AttentionArgs args{};
  args.queries = cache.queries.data() + first_query * c.key_size;
  args.n_queries = n_queries;
  args.query_stride = c.key_size;
  const PagedRows rows(kernels, type, c.key_size, c.value_size, cache.keys, cache.values);
  args.pages = rows.pages.data();
  args.keys = 0;
  args.values = rows.values;
  args.cache_type = type;
  args.key_size = c.key_size;
  args.value_size = c.value_size;
  args.begin = c.begin;
  args.end = c.end;
  args.scale = 0.25f;
  args.soft_cap = c.soft_cap;
  args.scores = scores.data();
  args.out = out.data();
  args.out_stride = c.value_size;
  kernels.attend(args);
  return out;
}

std::vector<double> reference(const Case& c, const Cache& cache) {
  std::vector<double> scores;
  for (std::size_t p = c.begin; p < c.end; ++p) {
    double dot = 0;
    for (std::size_t i = 0; i < c.key_size; ++i) {
      dot += static_cast<double>(cache.queries[i]) * cache.keys[p * c.key_size + i];
    }
    dot *= 0.25;
    scores.push_back(c.soft_cap == 0 ? dot : c.soft_cap * std::tanh(dot / c.soft_cap));
  }
  const double largest = *std::max_element(scores.begin(), scores.end());
  double total = 0;
  for (double& score : scores) total += score = std::exp(score - largest);
  std::vector<double> out(c.value_size, 0.0);
  for (std::size_t p = c.begin; p < c.end; ++p) {
    for (std::size_t j = 0; j < c.value_size; ++j) {
      out[j] += scores[p - c.begin] / total * cache.values[p * c.value_size + j];
    }
  }
  return out;
}

TEST(Attention, AgreesWithDoublePrecision) {
  for (const Case& c : kCases) {
    const Cache cache = make_cache(c);
    const auto expected = reference(c, cache);
    const auto out = attend(kernels_for(Isa::scalar), c, cache, CacheType::f32);
    for (std::size_t j = 0; j < c.value_size; ++j) EXPECT_NEAR(out[j], expected[j], 3e-6) << j;
  }
}

TEST(Attention, GivesTheSameBitsOnEveryInstructionSetAndFromBothCaches) {
  for (const Case& c : kCases) {
    const Cache cache = make_cache(c);
    const auto expected = attend(kernels_for(Isa::scalar), c, cache, CacheType::f32);
    for (const Isa isa : available_isas()) {
      for (const CacheType type : {CacheType::f32, CacheType::f16}) {
        EXPECT_TRUE(same_bits(attend(kernels_for(isa), c, cache, type), expected)) << kernels_for(isa).name;
      }
    }
  }
}

// What q8_0 makes of the rows, as floats.
std::vector<float> rounded(std::vector<float> values, std::size_t row) {
  if (row % kCacheBlock != 0) return {};
  std::int8_t codes[256];
  float scales[8];
  std::int16_t sums[32];
  for (std::size_t i = 0; i < values.size(); i += row) {
    kernels_for(Isa::scalar).quantize(values.data() + i, row, kCacheBlock, {codes, scales, sums, sums + 16});
    for (std::size_t j = 0; j < row; ++j) values[i + j] = scales[j / kCacheBlock] * static_cast<float>(codes[j]);
  }
  return values;
}

TEST(Attention, ReadsAQuantizedCacheAsTheNumbersItStandsFor) {
  std::size_t n_cases = 0;
  for (const Case& c : kCases) {
    const Cache cache = make_cache(c);
    const Cache floats{cache.queries, rounded(cache.keys, c.key_size), rounded(cache.values, c.value_size)};
    if (floats.keys.empty() || floats.values.empty()) continue;
    ++n_cases;
    const auto expected = attend(kernels_for(Isa::scalar), c, floats, CacheType::f32, kQueries);
    for (const Isa isa : available_isas()) {
      EXPECT_TRUE(same_bits(attend(kernels_for(isa), c, cache, CacheType::q8_0, kQueries), expected))
          << kernels_for(isa).name;
    }
  }
  EXPECT_GE(n_cases, 5u);
}

TEST(Attention, GivesEachQueryTheSameBitsAloneAndInCompany) {
  for (const Case& c : kCases) {
    const Cache cache = make_cache(c);
    std::vector<float> expected;
    for (std::size_t query = 0; query < kQueries; ++query) {
      const auto alone = attend(kernels_for(Isa::scalar), c, cache, CacheType::f16, 1, query);
      expected.insert(expected.end(), alone.begin(), alone.end());
    }
    for (const Isa isa : available_isas()) {
      for (std::size_t n = 1; n <= kQueries; ++n) {
        const auto together = attend(kernels_for(isa), c, cache, CacheType::f16, n);
        EXPECT_TRUE(
            same_bits(together, {expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(together.size())}))
            << kernels_for(isa).name << " " << n;
      }
    }
  }
}

}  // namespace
}  // namespace minnow::kernels
