// Frequencies against the formulas of their papers, computed here with the C library.
#include "models/rope.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace minnow::models {
namespace {

TEST(Rope, TurnsPairsByPowersOfTheBase) {
  const auto frequencies = rope_frequencies({.n_dims = 64, .base = 500000}, {});
  ASSERT_EQ(frequencies.radians_per_position.size(), 32u);
  for (std::size_t i = 0; i < 32; ++i) {
    const double expected = std::pow(500000.0, -2.0 * static_cast<double>(i) / 64);
    EXPECT_NEAR(frequencies.radians_per_position[i] / expected, 1, 1e-12);
  }
  EXPECT_EQ(frequencies.magnitude, 1);
}

TEST(Rope, SlowsEachPairDownByItsDivisor) {
  const float divisors[] = {1, 2, 4, 8};
  const auto plain = rope_frequencies({.n_dims = 8}, {});
  const auto slowed = rope_frequencies({.n_dims = 8}, divisors);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_DOUBLE_EQ(slowed.radians_per_position[i] * divisors[i], plain.radians_per_position[i]);
  }
}

TEST(Rope, LeavesFastPairsAloneAndSlowsSlowOnesUnderYarn) {
  const RopeSpec plain{.n_dims = 128, .base = 1e6};
  RopeSpec yarn = plain;
  yarn.scaling = RopeScaling::yarn;
  yarn.factor = 4;
  yarn.original_context = 32768;
  const auto before = rope_frequencies(plain, {}).radians_per_position;
  const auto after = rope_frequencies(yarn, {});
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double turns = 32768 * before[i] / (2 * std::numbers::pi);
    const double slowed = before[i] / after.radians_per_position[i];
    if (turns > 40) {
      EXPECT_NEAR(slowed, 1, 1e-12) << i;
    }
    if (turns < 0.8) {
      EXPECT_NEAR(slowed, 4, 1e-12) << i;
    }
    EXPECT_GE(slowed, 1 - 1e-12);
    EXPECT_LE(slowed, 4 + 1e-12);
  }
  EXPECT_NEAR(after.magnitude, 0.1 * std::log(4.0) + 1, 1e-12);
}

TEST(Rope, ScalesCosinesAndSinesByTheMagnitude) {
  RopeFrequencies frequencies{.radians_per_position = {1.0, 0.01}, .magnitude = 1.5};
  float table[4];
  fill_cos_sin(frequencies, 12345, table);
  EXPECT_FLOAT_EQ(table[0], static_cast<float>(1.5 * std::cos(12345.0)));
  EXPECT_FLOAT_EQ(table[1], static_cast<float>(1.5 * std::cos(123.45)));
  EXPECT_FLOAT_EQ(table[2], static_cast<float>(1.5 * std::sin(12345.0)));
  EXPECT_FLOAT_EQ(table[3], static_cast<float>(1.5 * std::sin(123.45)));
}

}  // namespace
}  // namespace minnow::models
