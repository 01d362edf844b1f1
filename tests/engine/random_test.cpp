#include "engine/random.hpp"

#include <gtest/gtest.h>

namespace minnow::engine {
namespace {

TEST(Random, GivesThePublishedNumbersOfPcg32) {
  // The generator's own demonstration program prints these for seed 42, stream 54.
  Pcg32 random(42);
  for (const std::uint32_t expected : {0xa15c02b7u, 0x7b47f409u, 0xba1d3330u, 0x83d2f293u, 0xbfa4784bu, 0xcbed606eu}) {
    EXPECT_EQ(random.next(), expected);
  }
}

TEST(Random, UniformNumbersStayBelowOneAndFillTheRange) {
  Pcg32 random(1);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double value = random.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.01);
}

}  // namespace
}  // namespace minnow::engine
