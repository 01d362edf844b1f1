// Our exp, tanh, sin, cos, log and pow against the C library in a wider type, on dense samples.
#include "kernels/math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace minnow::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Distance in units in the last place of the true value.
double error_in_ulps(float value, double truth) {
  const float nearest = static_cast<float>(truth);
  const double ulp = static_cast<double>(std::nextafter(std::fabs(nearest), kInfinity)) - std::fabs(nearest);
  return std::fabs(value - truth) / ulp;
}

TEST(Exp, IsWithinOneUnitInTheLastPlace) {
  double worst = 0;
  for (float x = -87.3f; x < 88.7f; x += 0.000931f) {
    worst = std::max(worst, error_in_ulps(exp_f32(x), std::exp(static_cast<double>(x))));
  }
  EXPECT_LE(worst, 1.0);
}

TEST(Exp, EndsAsIeeeAsks) {
  EXPECT_EQ(exp_f32(0.0f), 1.0f);
  EXPECT_EQ(exp_f32(-kInfinity), 0.0f);
  EXPECT_EQ(exp_f32(kInfinity), kInfinity);
  EXPECT_EQ(exp_f32(89.0f), kInfinity);
  EXPECT_EQ(exp_f32(-110.0f), 0.0f);
  EXPECT_NEAR(exp_f32(-100.0f), std::exp(-100.0), 1.5e-45);  // subnormal, not flushed
  EXPECT_GT(exp_f32(-100.0f), 0.0f);
  EXPECT_TRUE(std::isnan(exp_f32(std::numeric_limits<float>::quiet_NaN())));
}

TEST(Tanh, IsWithinTwoUnitsInTheLastPlace) {
  double worst = 0;
  for (float x = -10.0f; x < 10.0f; x += 0.0000931f) {
    worst = std::max(worst, error_in_ulps(tanh_f32(x), std::tanh(static_cast<double>(x))));
  }
  EXPECT_LE(worst, 2.0);
  EXPECT_EQ(tanh_f32(kInfinity), 1.0f);
  EXPECT_EQ(tanh_f32(-kInfinity), -1.0f);
  EXPECT_EQ(tanh_f32(1e-30f), 1e-30f);
  EXPECT_EQ(tanh_f32(-0.0f), 0.0f);  // the sign of a zero is not promised
  EXPECT_TRUE(std::isnan(tanh_f32(std::numeric_limits<float>::quiet_NaN())));
}

TEST(SinAndCos, AreWithinAMillionthMillionthUpToLargeAngles) {
  double worst = 0;
  const auto look = [&worst](double x) {
    worst = std::max(worst, std::fabs(sin_f64(x) - static_cast<double>(std::sin(static_cast<long double>(x)))));
    worst = std::max(worst, std::fabs(cos_f64(x) - static_cast<double>(std::cos(static_cast<long double>(x)))));
  };
  for (double x = -20; x < 20; x += 0.00137) look(x);
  for (double x = -0x1p30; x < 0x1p30; x += 53687.0912345) look(x);
  for (int quarter = -1000; quarter < 1000; ++quarter) look(quarter * M_PI_2);
  EXPECT_LE(worst, 1e-15);
}

TEST(LogAndExp, AreWithinAFewUnitsOfDoublePrecision) {
  for (double x = 1e-300; x < 1e300; x *= 1.0372) {
    const auto truth = static_cast<double>(std::log(static_cast<long double>(x)));
    EXPECT_NEAR(log_f64(x), truth, 1e-15 + 4e-16 * std::fabs(truth)) << x;
  }
  for (double x = -700; x < 700; x += 0.137) EXPECT_NEAR(exp_f64(x) / std::exp(x), 1.0, 1e-15) << x;
  EXPECT_EQ(exp_f64(1000.0), std::numeric_limits<double>::infinity());
  EXPECT_EQ(exp_f64(-1000.0), 0.0);
}

TEST(Pow, IsWithinAHundredthMillionthMillionthForPositionTables) {
  for (const double base : {500.0, 10000.0, 500000.0, 1000000.0}) {
    for (double exponent = -1; exponent <= 0; exponent += 1.0 / 512) {
      const auto truth = static_cast<double>(std::pow(static_cast<long double>(base), exponent));
      EXPECT_NEAR(pow_f64(base, exponent) / truth, 1.0, 1e-14) << base << " " << exponent;
    }
  }
  EXPECT_EQ(pow_f64(10000.0, 0.0), 1.0);
}

}  // namespace
}  // namespace minnow::kernels
