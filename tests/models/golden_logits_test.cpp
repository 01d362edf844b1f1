// Every family's logits agree with transformers, and no way of computing them changes a bit.
#include <gtest/gtest.h>

#include <cmath>

#include "models/family_data.hpp"
#include "models/kv_pages.hpp"
#include "models/runner.hpp"
#include "models/scratch.hpp"
#include "models/weights.hpp"

namespace minnow::models {
namespace {

using testing::all_logits;
using testing::GoldenPrompt;

double deviation(std::span<const float> values) {
  double sum = 0, squares = 0;
  for (const float value : values) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const double mean = sum / static_cast<double>(values.size());
  return std::sqrt(squares / static_cast<double>(values.size()) - mean * mean);
}

double largest_difference(std::span<const float> a, std::span<const float> b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    most = std::isfinite(difference) ? std::max(most, difference) : HUGE_VAL;
  }
  return most;
}

class FamilyLogits : public ::testing::TestWithParam<std::string> {
 protected:
  FamilyLogits()
      : file_(formats::GgufFile::open(testing::family_gguf(GetParam()))),
        decoder_(Decoder::load(file_, kernels::active_kernels(), pool_)),
        family_(testing::golden_family(GetParam())) {}

  ThreadPool pool_{2};
  formats::GgufFile file_;
  Decoder decoder_;
  testing::GoldenFamily family_;
};

TEST_P(FamilyLogits, AgreeWithTransformersAtEveryPosition) {
  for (const GoldenPrompt& prompt : family_.prompts) {
    const auto logits = all_logits(decoder_, prompt.tokens, prompt.tokens.size(), pool_);
    ASSERT_EQ(logits.size(), prompt.logits.size());
    EXPECT_LE(largest_difference(logits, prompt.logits), 1e-3 * deviation(prompt.logits))
        << prompt.tokens.size() << " tokens, deviation " << deviation(prompt.logits);
  }
}

TEST_P(FamilyLogits, AreTheSameBitsForAnyChunkingOfThePrompt) {
  for (const GoldenPrompt& prompt : family_.prompts) {
    const auto whole = all_logits(decoder_, prompt.tokens, prompt.tokens.size(), pool_);
    for (const std::size_t chunk : {1, 7}) EXPECT_EQ(all_logits(decoder_, prompt.tokens, chunk, pool_), whole) << chunk;
  }
}

TEST_P(FamilyLogits, AreTheSameBitsForAnyNumberOfThreads) {
  const auto& tokens = family_.prompts.back().tokens;
  for (const auto type : {kernels::CacheType::f32, kernels::CacheType::f16}) {
    ThreadPool alone(1);
    const auto expected = all_logits(decoder_, tokens, 16, alone, type);
    for (const std::size_t n_threads : {2, 3}) {
      ThreadPool several(n_threads);
      EXPECT_EQ(all_logits(decoder_, tokens, 16, several, type), expected) << n_threads << " threads";
    }
  }
}

TEST_P(FamilyLogits, AreTheSameBitsForSequencesEvaluatedTogether) {
  const auto& first = family_.prompts.back().tokens;
  const std::vector<TokenId> second(first.rbegin(), first.rbegin() + 17);
  const auto expected_first = all_logits(decoder_, first, first.size(), pool_);
  const auto expected_second = all_logits(decoder_, second, second.size(), pool_);

  KvCache first_cache(decoder_.spec(), first.size(), kernels::CacheType::f32);
  KvCache second_cache(decoder_.spec(), second.size(), kernels::CacheType::f32);
  Scratch scratch(decoder_.spec(), first.size() + second.size());
  const std::size_t vocabulary = decoder_.spec().vocabulary_size;
  std::vector<float> logits((first.size() + 1) * vocabulary);
  const Slice slices[] = {{&first_cache, first, Logits::all}, {&second_cache, second, Logits::last}};
  decoder_.forward(slices, logits.data(), scratch, pool_);

  EXPECT_TRUE(std::equal(expected_first.begin(), expected_first.end(), logits.begin()));
  EXPECT_TRUE(std::equal(logits.end() - static_cast<std::ptrdiff_t>(vocabulary), logits.end(),
                         expected_second.end() - static_cast<std::ptrdiff_t>(vocabulary)));
}

// Sliding windows and all: what another sequence has read is as good as reading it, whatever either does afterwards.
TEST_P(FamilyLogits, AreTheSameBitsAfterABeginningThatAnotherSequenceRead) {
  const auto& tokens = family_.prompts.back().tokens;
  const auto expected = all_logits(decoder_, tokens, tokens.size(), pool_);
  const std::size_t vocabulary = decoder_.spec().vocabulary_size;
  Scratch scratch(decoder_.spec(), tokens.size());
  KvPages pages(decoder_.spec(), 3 * KvPages::pages_for(tokens.size()), tokens.size(), kernels::CacheType::f32);
  KvCache first(pages, tokens.size());
  const Slice whole{&first, tokens, Logits::none};
  decoder_.forward({&whole, 1}, nullptr, scratch, pool_);
  for (const std::size_t shared : {tokens.size() / 3, tokens.size() - 1}) {
    KvCache second(pages, tokens.size());
    second.share_prefix(first, shared);
    std::vector<float> logits((tokens.size() - shared) * vocabulary);
    const Slice rest{&second, std::span(tokens).subspan(shared), Logits::all};
    decoder_.forward({&rest, 1}, logits.data(), scratch, pool_);
    EXPECT_TRUE(std::equal(logits.begin(), logits.end(), expected.end() - static_cast<std::ptrdiff_t>(logits.size())))
        << shared << " of " << tokens.size();
  }
}

// What enters each layer, as an observer sees it.
class ResidualKeeper : public InputObserver {
 public:
  std::vector<std::vector<float>> entering;

  void observe(MatrixInput, std::size_t, const float*, std::size_t, std::size_t) override {}
  void observe_residual(std::size_t layer, const float* x, std::size_t n_tokens, std::size_t cols) override {
    entering.resize(std::max(entering.size(), layer + 1));
    entering[layer].insert(entering[layer].end(), x, x + n_tokens * cols);
  }
};

TEST_P(FamilyLogits, AreTheSameBitsFromAnyLayerOnWithWhatEntersIt) {
  const auto& tokens = family_.prompts.back().tokens;
  const DecoderSpec& spec = decoder_.spec();
  Scratch scratch(spec, tokens.size());
  ResidualKeeper keeper;
  scratch.observer = &keeper;
  std::vector<float> expected(tokens.size() * spec.vocabulary_size), logits(expected.size());
  KvCache cache(spec, tokens.size(), kernels::CacheType::f32);
  const Slice slice{&cache, tokens, Logits::all};
  decoder_.forward({&slice, 1}, expected.data(), scratch, pool_);
  scratch.observer = nullptr;
  ASSERT_EQ(keeper.entering.size(), spec.layers.size() + 1);
  for (std::size_t layer = 0; layer <= spec.layers.size(); ++layer) {
    KvCache empty(spec, tokens.size(), kernels::CacheType::f32);
    const Slice again{&empty, tokens, Logits::all};
    decoder_.forward_from(layer, keeper.entering[layer].data(), {&again, 1}, logits.data(), scratch, pool_);
    EXPECT_EQ(logits, expected) << "from layer " << layer;
  }
}

// The logits of transformers are those of its last hidden state: with the output matrix, ours must give the same.
TEST_P(FamilyLogits, FollowFromTheHiddenStates) {
  const GoldenPrompt& prompt = family_.prompts.back();
  const DecoderSpec& spec = decoder_.spec();
  if (spec.final_soft_cap != 0 || decoder_.weights().output.bias.size() > 0) GTEST_SKIP() << "more than a product";
  KvCache cache(spec, prompt.tokens.size(), kernels::CacheType::f32);
  Scratch scratch(spec, prompt.tokens.size());
  std::vector<float> hidden(prompt.tokens.size() * spec.embedding_size);
  const Slice slice{&cache, prompt.tokens, Logits::none};
  decoder_.hidden({&slice, 1}, hidden.data(), scratch, pool_);
  std::vector<float> logits(prompt.logits.size());
  std::vector<float> row(spec.embedding_size);
  for (std::size_t id = 0; id < spec.vocabulary_size; ++id) {
    decoder_.weights().output.matrix.decode_row(id, row.data());
    for (std::size_t token = 0; token < prompt.tokens.size(); ++token) {
      double sum = 0;
      for (std::size_t k = 0; k < row.size(); ++k) {
        sum += static_cast<double>(row[k]) * static_cast<double>(hidden[token * row.size() + k]);
      }
      logits[token * spec.vocabulary_size + id] = static_cast<float>(sum);
    }
  }
  EXPECT_LE(largest_difference(logits, prompt.logits), 1e-3 * deviation(prompt.logits));
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, FamilyLogits, ::testing::ValuesIn(testing::family_names()), test_name);

}  // namespace
}  // namespace minnow::models
