#include "engine/probability.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/random.hpp"
#include "minnow/error.hpp"

namespace minnow::engine {
namespace {

std::vector<float> random_logits(std::size_t n, std::uint64_t seed) {
  Pcg32 random(seed);
  std::vector<float> logits(n);
  for (float& logit : logits) logit = static_cast<float>(random.uniform() * 30 - 20);
  return logits;
}

TEST(Probability, ProbabilitiesOfAllTokensSumToOne) {
  const auto logits = random_logits(5000, 3);
  double sum = 0;
  for (const TokenProbability& token : top_probabilities(logits, logits.size())) sum += std::exp(token.logprob);
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(Probability, TheTopIsSortedAndTiesGoToTheLowestId) {
  const std::vector<float> logits{1, 3, 2, 3, -1, 2};
  const auto top = top_probabilities(logits, 4);
  ASSERT_EQ(top.size(), 4u);
  EXPECT_EQ(top[0].id, 1);
  EXPECT_EQ(top[1].id, 3);
  EXPECT_EQ(top[2].id, 2);
  EXPECT_EQ(top[3].id, 5);
  EXPECT_EQ(top_probabilities(logits, 100).size(), logits.size());
  EXPECT_TRUE(top_probabilities(logits, 0).empty());
}

TEST(Probability, HoldsForLogitsFarFromZero) {
  const std::vector<float> logits{30000, 29999, -30000};
  const auto top = top_probabilities(logits, 3);
  EXPECT_NEAR(top[0].logprob, -std::log1p(std::exp(-1.0)), 1e-12);
  EXPECT_NEAR(top[1].logprob, top[0].logprob - 1, 1e-12);
  EXPECT_NEAR(top[2].logprob, -60000, 1);
}

TEST(Probability, RefusesLogitsThatAreNotFinite) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> nan{0, std::nanf(""), 1}, infinite{0, kInfinity}, nothing{-kInfinity, -kInfinity};
  for (const auto& logits : {nan, infinite, nothing}) EXPECT_THROW(log_sum_exp(logits), Error);
  EXPECT_EQ(checked_maximum(std::vector<float>{-kInfinity, 4, 2}), 4);
}

}  // namespace
}  // namespace minnow::engine
