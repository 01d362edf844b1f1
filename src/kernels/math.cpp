#include "kernels/math.hpp"

#include <cmath>

#include "kernels/lanes/exponential.hpp"
#include "kernels/scalar/lanes.hpp"

namespace minnow::kernels {
namespace {

using OneLane = ArrayLanes<1>;

// Polynomial in x by Horner's rule, the highest coefficient first.
template <std::size_t n>
double horner(const double (&coefficients)[n], double x) {
  double result = coefficients[0];
  for (std::size_t i = 1; i < n; ++i) result = std::fma(result, x, coefficients[i]);
  return result;
}

double round_to_whole(double x) {
  constexpr double kRounder64 = 0x1.8p52;
  return (x + kRounder64) - kRounder64;
}

// Taylor series on |r| <= pi/4: the remainders are below 1e-16.
double sine_near_zero(double r) {
  static constexpr double kCoefficients[] = {-1.0 / 1307674368000, 1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880,
                                             -1.0 / 5040,          1.0 / 120,        -1.0 / 6};
  const double square = r * r;
  return std::fma(horner(kCoefficients, square) * square, r, r);
}

double cosine_near_zero(double r) {
  static constexpr double kCoefficients[] = {1.0 / 20922789888000,
                                             -1.0 / 87178291200,
                                             1.0 / 479001600,
                                             -1.0 / 3628800,
                                             1.0 / 40320,
                                             -1.0 / 720,
                                             1.0 / 24,
                                             -0.5,
                                             1.0};
  return horner(kCoefficients, r * r);
}

// sin(x + quarter_turns * pi/2): x is brought to |r| <= pi/4 by subtracting whole quarter turns, pi/2 in three
// parts of 53 bits each (Cody and Waite, with fused multiply-adds).
double sine(double x, int quarter_turns) {
  const double n = round_to_whole(x * 0x1.45f306dc9c883p-1);
  double r = std::fma(n, -0x1.921fb54442d18p+0, x);
  r = std::fma(n, -0x1.1a62633145c07p-54, r);
  r = std::fma(n, 0x1.f1976b7ed8fbcp-110, r);
  const auto quadrant = static_cast<unsigned>(static_cast<long long>(n) + quarter_turns) & 3u;
  const double value = (quadrant & 1u) != 0 ? cosine_near_zero(r) : sine_near_zero(r);
  return (quadrant & 2u) != 0 ? -value : value;
}

}  // namespace

float exp_f32(float x) noexcept { return exponential(OneLane::all(x)).lane[0]; }

float tanh_f32(float x) noexcept { return hyperbolic_tangent(OneLane::all(x)).lane[0]; }

double sin_f64(double x) noexcept { return sine(x, 0); }

double cos_f64(double x) noexcept { return sine(x, 1); }

double exp_f64(double x) noexcept { return exponential_f64(x); }

// x = m 2^e with m within a factor of sqrt(2) of 1; ln m = 2 artanh(s), s = (m - 1) / (m + 1), by its series.
double log_f64(double x) noexcept {
  static constexpr double kCoefficients[] = {1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
                                             1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3};
  if (!(x > 0.0) || x == HUGE_VAL) return x == 0.0 ? -HUGE_VAL : x > 0.0 ? x : std::nan("");
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact
  if (m < 0.70710678118654752) {
    m += m;
    --exponent;
  }
  const double s = (m - 1.0) / (m + 1.0);
  const double square = s * s;
  const double twice = s + s;
  const double ln_m = std::fma(twice * square, horner(kCoefficients, square), twice);
  const double e = exponent;
  return std::fma(e, kLn2High, std::fma(e, kLn2Low, ln_m));
}

double pow_f64(double base, double exponent) noexcept { return exp_f64(exponent * log_f64(base)); }

}  // namespace minnow::kernels
