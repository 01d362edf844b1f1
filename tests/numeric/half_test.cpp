// Half precision against definitions that share nothing with the implementation: ldexp for decoding, and for
// encoding the nearest of the 65536 values, found by searching.
#include "numeric/half.hpp"

#include <gtest/gtest.h>

#include <bit>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace minnow::numeric {
namespace {

bool is_nan_half(unsigned half) { return (half & 0x7c00u) == 0x7c00u && (half & 0x3ffu) != 0; }

double value_by_definition(unsigned half) {
  const int exponent = (half >> 10) & 31;
  const int mantissa = half & 1023;
  const double sign = (half & 0x8000u) != 0 ? -1.0 : 1.0;
  if (exponent == 31) return sign * std::numeric_limits<double>::infinity();
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

// The non-negative half nearest to `value` ≥ 0, ties to the even one. Past the largest, the next step would be 65536.
unsigned nearest_by_search(double value) {
  unsigned low = 0, high = 0x7c00;
  const auto value_of = [](unsigned half) { return half == 0x7c00 ? 65536.0 : value_by_definition(half); };
  if (value >= 65536.0) return 0x7c00;
  while (high - low > 1) {
    const unsigned middle = (low + high) / 2;
    (value_of(middle) <= value ? low : high) = middle;
  }
  const double to_low = value - value_of(low), to_high = value_of(high) - value;
  if (to_low != to_high) return to_low < to_high ? low : high;
  return low % 2 == 0 ? low : high;
}

void expect_nearest(float value) {
  const unsigned expected = nearest_by_search(std::fabs(value)) | (std::signbit(value) ? 0x8000u : 0u);
  ASSERT_EQ(f32_to_f16(value), expected) << std::hexfloat << value;
}

TEST(Half, DecodesEveryValueAsDefined) {
  for (unsigned half = 0; half < 65536; ++half) {
    const float decoded = f16_to_f32(static_cast<std::uint16_t>(half));
    if (is_nan_half(half)) {
      ASSERT_TRUE(std::isnan(decoded)) << half;
    } else {
      ASSERT_EQ(decoded, value_by_definition(half)) << half;
      ASSERT_EQ(std::signbit(decoded), (half & 0x8000u) != 0) << half;
    }
  }
}

TEST(Half, EveryValueSurvivesARoundTrip) {
  for (unsigned half = 0; half < 65536; ++half) {
    const auto back = f32_to_f16(f16_to_f32(static_cast<std::uint16_t>(half)));
    if (is_nan_half(half)) {
      ASSERT_TRUE(is_nan_half(back)) << half;
    } else {
      ASSERT_EQ(back, half);
    }
  }
}

TEST(Half, RoundsToNearestEvenAtAndAroundEveryMidpoint) {
  for (unsigned half = 0; half < 0x7c00; ++half) {
    const double above = half + 1 == 0x7c00 ? 65536.0 : value_by_definition(half + 1);
    const auto midpoint = static_cast<float>((value_by_definition(half) + above) / 2);  // exact in f32
    for (const float value : {midpoint, std::nextafter(midpoint, 0.0f), std::nextafter(midpoint, 1e9f)}) {
      expect_nearest(value);
      expect_nearest(-value);
    }
  }
}

TEST(Half, RoundsRandomBitPatternsToTheNearest) {
  std::mt19937 random(1);
  for (int i = 0; i < 300000; ++i) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isnan(value)) expect_nearest(value);
  }
}

TEST(Half, OverflowIsInfinityAndNanStaysNan) {
  EXPECT_EQ(f32_to_f16(65519.996f), 0x7bff);
  EXPECT_EQ(f32_to_f16(65520.0f), 0x7c00);
  EXPECT_EQ(f32_to_f16(-std::numeric_limits<float>::infinity()), 0xfc00);
  EXPECT_TRUE(is_nan_half(f32_to_f16(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(is_nan_half(f32_to_f16(std::bit_cast<float>(0x7f800001u))));  // its payload would be cut to nothing
}

TEST(BFloat16, RoundsToNearestEven) {
  std::mt19937 random(2);
  for (int i = 0; i < 300000; ++i) {
    const auto bits = static_cast<std::uint32_t>(random());
    const float value = std::bit_cast<float>(bits);
    const std::uint16_t rounded = f32_to_bf16(value);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(bf16_to_f32(rounded))) << bits;
      continue;
    }
    // The two neighbours are the cut-off value and the one after it; bf16's largest is followed by infinity.
    const std::uint32_t rest = bits & 0xffffu;
    const std::uint32_t low = bits >> 16;
    const bool up = rest > 0x8000u || (rest == 0x8000u && low % 2 == 1);
    ASSERT_EQ(rounded, low + (up ? 1 : 0)) << bits;
  }
}

TEST(BFloat16, EveryValueSurvivesARoundTrip) {
  for (unsigned stored = 0; stored < 65536; ++stored) {
    const float value = bf16_to_f32(static_cast<std::uint16_t>(stored));
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(bf16_to_f32(f32_to_bf16(value))));
    } else {
      ASSERT_EQ(f32_to_bf16(value), stored);
    }
  }
}

}  // namespace
}  // namespace minnow::numeric
