#include "engine/sampler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/probability.hpp"
#include "minnow/error.hpp"
#include "test_data.hpp"

namespace minnow::engine {
namespace {

SamplingOptions options_of(const nlohmann::json& o) {
  return {.temperature = o["temperature"],
          .top_k = o["top_k"],
          .top_p = o["top_p"],
          .min_p = o["min_p"],
          .repeat_penalty = o["repeat_penalty"],
          .repeat_last_n = o["repeat_last_n"],
          .frequency_penalty = o["frequency_penalty"],
          .presence_penalty = o["presence_penalty"]};
}

TEST(Sampler, AgreesWithTheReferenceOnCandidatesProbabilitiesAndDraws) {
  std::ifstream in(testing::golden("sampling/sampling.json"));
  const nlohmann::json cases = nlohmann::json::parse(in);
  ASSERT_GE(cases.size(), 30u);
  for (const auto& golden : cases) {
    SCOPED_TRACE(golden["options"].dump());
    const auto logits = golden["logits"].get<std::vector<float>>();
    const auto history = golden["history"].get<std::vector<TokenId>>();
    SamplingOptions options = options_of(golden["options"]);
    options.seed = golden["seed"].get<std::uint64_t>();
    Sampler sampler(options, logits.size());

    std::vector<TokenId> ids;
    for (const Candidate& candidate : sampler.candidates(logits, history)) ids.push_back(candidate.id);
    EXPECT_EQ(ids, golden["ids"].get<std::vector<TokenId>>());
    const auto expected = golden["probabilities"].get<std::vector<double>>();
    ASSERT_EQ(sampler.probabilities().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(sampler.probabilities()[i], expected[i], 1e-12);
    for (const TokenId draw : golden["draws"].get<std::vector<TokenId>>()) {
      EXPECT_EQ(sampler.choose(logits, history), draw);
    }
    for (std::size_t id = 0; id < 4; ++id) {
      EXPECT_NEAR(logits[id] - log_sum_exp(logits), golden["log_softmax"][id].get<double>(), 1e-12);
    }
  }
}

TEST(Sampler, GreedyBreaksTiesByTheLowestId) {
  Sampler sampler({.temperature = 0}, 5);
  EXPECT_EQ(sampler.choose(std::vector<float>{1, 7, 3, 7, 7}, {}), 1);
}

TEST(Sampler, AddsTheLogitBiasBeforeAnythingElse) {
  const std::vector<float> logits{1, 7, 3, 2};
  const auto greedy = [&](std::vector<LogitBias> bias) {
    return Sampler({.temperature = 0, .logit_bias = std::move(bias)}, 4).choose(logits, {});
  };
  EXPECT_EQ(greedy({{1, -4.5f}}), 2);
  EXPECT_EQ(greedy({{0, 6.5f}}), 0);
  EXPECT_EQ(greedy({{1, -std::numeric_limits<float>::infinity()}, {2, -1.5f}}), 3);
  Sampler penalized({.temperature = 0, .repeat_penalty = 2, .logit_bias = {{3, 8}}}, 4);
  EXPECT_EQ(penalized.choose(logits, std::vector<TokenId>{3}), 1) << "(2 + 8) / 2 is less than 7";
  EXPECT_THROW(Sampler({.logit_bias = {{4, 1}}}, 4), Error);
  EXPECT_THROW(Sampler({.logit_bias = {{-1, 1}}}, 4), Error);
  EXPECT_THROW(Sampler({.logit_bias = {{1, std::numeric_limits<float>::infinity()}}}, 4), Error);
}

TEST(Sampler, RestartGivesTheSameDrawsAgain) {
  const std::vector<float> logits{0, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f};
  Sampler sampler({.seed = 9}, logits.size());
  std::vector<TokenId> first, second;
  for (int i = 0; i < 50; ++i) first.push_back(sampler.choose(logits, {}));
  sampler.restart();
  for (int i = 0; i < 50; ++i) second.push_back(sampler.choose(logits, {}));
  EXPECT_EQ(first, second);
}

TEST(Sampler, DrawsAsOftenAsTheProbabilitiesSay) {
  const std::vector<float> logits{0, 1, 2, -1};
  Sampler sampler({.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0, .seed = 5}, logits.size());
  std::vector<int> counts(logits.size());
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) ++counts[static_cast<std::size_t>(sampler.choose(logits, {}))];
  const auto left = sampler.candidates(logits, {});
  for (std::size_t i = 0; i < left.size(); ++i) {
    const double share = counts[static_cast<std::size_t>(left[i].id)] / static_cast<double>(kDraws);
    EXPECT_NEAR(share, sampler.probabilities()[i], 0.015);  // four standard deviations of the likeliest
  }
}

TEST(Sampler, WithoutASeedTwoSamplersDiffer) { EXPECT_NE(Sampler({}, 4).seed(), Sampler({}, 4).seed()); }

TEST(Sampler, ChoosesOnlyWhatIsAllowed) {
  const std::vector<float> logits{5, 4, 3, 2, 1};
  const std::uint64_t mask = 0b11010;
  Sampler greedy({.temperature = 0}, logits.size());
  EXPECT_EQ(greedy.choose(logits, {}, {&mask, 1}), 1);
  EXPECT_EQ(greedy.choose(logits, {}), 0);
  Sampler wild({.temperature = 100, .top_k = 0, .top_p = 1, .min_p = 0, .seed = 1}, logits.size());
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(allows({&mask, 1}, wild.choose(logits, {}, {&mask, 1})));
  const std::uint64_t none = 0;
  EXPECT_THROW(wild.choose(logits, {}, {&none, 1}), Error);
}

TEST(Sampler, AllowedTokensThatTheModelExcludesAreEquallyLikely) {
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  const std::vector<float> logits{5, kNever, kNever};
  const std::uint64_t mask = 0b110;
  Sampler sampler({.temperature = 1, .seed = 1}, logits.size());
  EXPECT_EQ(sampler.candidates(logits, {}, {&mask, 1}).size(), 2u);
  EXPECT_DOUBLE_EQ(sampler.probabilities()[0], 0.5);
}

TEST(Sampler, SharedListsChangeNoChoice) {
  SamplerLists lists(4);
  const std::vector<float> logits{1, 1.5f, 2, 0};
  const std::vector<TokenId> history{2, 2, 0};
  const SamplingOptions options{.temperature = 1, .repeat_penalty = 1.3f, .seed = 7};
  Sampler alone(options, 4);
  Sampler first(options, lists);
  Sampler second({.temperature = 2, .seed = 8}, lists);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(first.choose(logits, history), alone.choose(logits, history));
    second.choose(logits, {});
  }
}

TEST(Sampler, KeepsPenalizedLogitsFinite) {
  const std::vector<float> logits{10, 20, 3};
  const std::vector<TokenId> history{0, 1};
  Sampler sampler({.temperature = 1, .repeat_penalty = 1e-38f, .seed = 7}, logits.size());
  EXPECT_EQ(sampler.candidates(logits, history)[0].id, 0);  // both at the largest number: the lowest id goes first
  for (const double probability : sampler.probabilities()) EXPECT_TRUE(std::isfinite(probability));
}

TEST(Sampler, RefusesOptionsOutOfRange) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<SamplingOptions> bad{{.temperature = -1},
                                         {.temperature = kNan},
                                         {.top_k = -1},
                                         {.top_p = 0},
                                         {.top_p = 1.5f},
                                         {.min_p = -0.1f},
                                         {.min_p = kNan},
                                         {.repeat_penalty = 0},
                                         {.repeat_last_n = -2},
                                         {.frequency_penalty = kNan},
                                         {.presence_penalty = kNan}};
  for (const SamplingOptions& options : bad) EXPECT_THROW(Sampler(options, 4), Error);
}

}  // namespace
}  // namespace minnow::engine
