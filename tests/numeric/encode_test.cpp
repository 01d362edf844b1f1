// How well encoding does its job, and that no input breaks it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "numeric/blocks_iq4.hpp"
#include "numeric/format.hpp"

namespace minnow::numeric {
namespace {

std::vector<float> gaussian(std::size_t n, float deviation, float mean = 0.0f) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal(mean, deviation);
  std::vector<float> values(n);
  for (float& value : values) value = normal(random);
  return values;
}

std::vector<float> round_trip(Format format, std::span<const float> values) {
  std::vector<std::byte> blocks(row_bytes(format, values.size()));
  std::vector<float> decoded(values.size());
  encode(format, values, blocks);
  decode(format, blocks, decoded);
  return decoded;
}

// Root of the mean squared error, as a fraction of the values' own.
double relative_error(std::span<const float> values, std::span<const float> decoded) {
  double error = 0.0, square = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    error += std::pow(double{values[i]} - decoded[i], 2);
    square += std::pow(double{values[i]}, 2);
  }
  return std::sqrt(error / square);
}

// What the plainest encoder does in groups of `group`, and with real scales where a block must round them.
template <typename RoundGroup>
std::vector<float> naive(std::span<const float> values, std::size_t group, RoundGroup round_group) {
  std::vector<float> rounded(values.begin(), values.end());
  for (std::size_t i = 0; i < rounded.size(); i += group) round_group(std::span(rounded).subspan(i, group));
  return rounded;
}

void round_to_range(std::span<float> group, int top) {
  const float low = std::min(0.0f, *std::min_element(group.begin(), group.end()));
  const float scale = (*std::max_element(group.begin(), group.end()) - low) / static_cast<float>(top);
  for (float& x : group) x = std::round((x - low) / scale) * scale + low;
}

float extreme(std::span<const float> group) {
  return *std::max_element(group.begin(), group.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); });
}

void round_around_zero(std::span<float> group, int low) {
  const float scale = extreme(group) / static_cast<float>(low);
  for (float& x : group) x = std::min(std::round(x / scale), static_cast<float>(-low - 1)) * scale;
}

void round_to_table(std::span<float> group) {
  const float scale = extreme(group) / kIq4Table[0];
  for (float& x : group) {
    const auto* nearest = std::min_element(std::begin(kIq4Table), std::end(kIq4Table), [&](int a, int b) {
      return std::fabs(x - scale * static_cast<float>(a)) < std::fabs(x - scale * static_cast<float>(b));
    });
    x = scale * static_cast<float>(*nearest);
  }
}

TEST(Encode, ErrorOnGaussianValuesIsWithinItsBound) {
  // About 2% above what is measured.
  constexpr std::pair<Format, double> kBounds[] = {
      {Format::f32, 0.0},     {Format::f16, 0.00022},   {Format::bf16, 0.0017},   {Format::q4_0, 0.0823},
      {Format::q4_1, 0.0711}, {Format::q5_0, 0.0408},   {Format::q5_1, 0.0345},   {Format::q8_0, 0.0055},
      {Format::q2_k, 0.2670}, {Format::q3_k, 0.1460},   {Format::q4_k, 0.0714},   {Format::q5_k, 0.0352},
      {Format::q6_k, 0.0175}, {Format::iq4_nl, 0.0756}, {Format::iq4_xs, 0.0762},
  };
  static_assert(std::size(kBounds) == kFormatCount);
  const auto values = gaussian(65536, 0.02f);
  for (const auto& [format, bound] : kBounds) {
    EXPECT_LE(relative_error(values, round_trip(format, values)), bound) << info(format).name;
  }
}

TEST(Encode, SearchBeatsPlainRounding) {
  for (const auto& values : {gaussian(65536, 0.02f), gaussian(65536, 1.0f, 0.3f)}) {
    const auto expect_better = [&](Format format, std::size_t group, auto round_group) {
      EXPECT_LT(relative_error(values, round_trip(format, values)),
                relative_error(values, naive(values, group, round_group)))
          << info(format).name;
    };
    expect_better(Format::q2_k, 16, [](std::span<float> group) { round_to_range(group, 3); });
    expect_better(Format::q4_k, 32, [](std::span<float> group) { round_to_range(group, 15); });
    expect_better(Format::q5_k, 32, [](std::span<float> group) { round_to_range(group, 31); });
    expect_better(Format::q3_k, 16, [](std::span<float> group) { round_around_zero(group, -4); });
    expect_better(Format::q6_k, 16, [](std::span<float> group) { round_around_zero(group, -32); });
    expect_better(Format::q4_0, 32, [](std::span<float> group) { round_around_zero(group, -8); });
    expect_better(Format::q5_0, 32, [](std::span<float> group) { round_around_zero(group, -16); });
    expect_better(Format::q4_1, 32, [](std::span<float> group) { round_to_range(group, 15); });
    expect_better(Format::q5_1, 32, [](std::span<float> group) { round_to_range(group, 31); });
    expect_better(Format::iq4_nl, 32, round_to_table);
    expect_better(Format::iq4_xs, 32, round_to_table);
  }
}

TEST(Encode, MoreBitsLoseLess) {
  const auto values = gaussian(16384, 0.02f);
  double worse = 1.0;
  for (const Format format : {Format::q2_k, Format::q3_k, Format::q4_k, Format::q5_k, Format::q6_k, Format::q8_0}) {
    const double error = relative_error(values, round_trip(format, values));
    EXPECT_LT(error, worse) << info(format).name;
    worse = error;
  }
}

TEST(Encode, ZerosStayZero) {
  const std::vector<float> zeros(512, 0.0f);
  for (std::size_t i = 0; i < kFormatCount; ++i) {
    for (const float value : round_trip(static_cast<Format>(i), zeros)) ASSERT_EQ(value, 0.0f) << i;
  }
}

TEST(Encode, ConstantAndOneSidedRowsStayClose) {
  for (const float mean : {0.5f, -0.5f}) {
    const std::vector<float> constant(256, mean);
    const auto one_sided = gaussian(2048, 0.02f, mean);
    for (std::size_t i = 0; i < kFormatCount; ++i) {
      const auto format = static_cast<Format>(i);
      EXPECT_LT(relative_error(constant, round_trip(format, constant)), 0.02) << info(format).name << " " << mean;
      EXPECT_LT(relative_error(one_sided, round_trip(format, one_sided)), 0.10) << info(format).name << " " << mean;
    }
  }
}

TEST(Encode, SurvivesValuesNoWeightHas) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const float strange : {kInfinity, -kInfinity, kNan, 3e38f, -3e38f, 1e-45f, 1e-38f, -1e-40f}) {
    auto values = gaussian(512, 1.0f);
    values[3] = strange;
    std::fill(values.begin() + 256, values.end(), strange);
    for (std::size_t i = 0; i < kFormatCount; ++i)
      round_trip(static_cast<Format>(i), values);  // the sanitizers look on
  }
}

}  // namespace
}  // namespace minnow::numeric
