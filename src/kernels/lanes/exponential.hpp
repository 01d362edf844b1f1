// exp and what is made of it, in every lane.
//
// exp(x): Cody and Waite's reduction x = n ln 2 + r with ln 2 in two parts, |r| <= 0.347; the Taylor series of e^r
// to r^7/5040, whose remainder is 5e-9 of the result; then 2^n in two factors, so that results overflow to infinity
// and underflow through the subnormals as IEEE does. The same in double precision, to r^13, is written for one value:
// loops over it are vectorized by the compiler, as long as all they call is inlined.
#pragma once

#include "kernels/lanes/lanes.hpp"

namespace minnow::kernels {
namespace {

// Adding it leaves a float's nearest whole number (ties to even) in the low bits, for magnitudes below 2^22.
constexpr float kRounder = 0x1.8p23f;

template <class Lanes>
Lanes round_to_whole(Lanes x) {
  return (x + Lanes::all(kRounder)) - Lanes::all(kRounder);
}

template <class Lanes>
Lanes exponential(Lanes x) {
  constexpr float kOverflows = 89.0f;     // e^89 is infinite
  constexpr float kUnderflows = -104.0f;  // e^-104 rounds to 0
  const Lanes high = Lanes::all(kOverflows);
  const Lanes low = Lanes::all(kUnderflows);
  x = Lanes::greater(x, high, high, x);
  x = Lanes::greater(low, x, low, x);
  const Lanes n = round_to_whole(x * Lanes::all(0x1.715476p+0f));  // x / ln 2
  Lanes r = Lanes::fma(n, Lanes::all(-0x1.62e43p-1f), x);
  r = Lanes::fma(n, Lanes::all(0x1.05c61p-29f), r);
  Lanes p = Lanes::all(1.0f / 5040);
  p = Lanes::fma(p, r, Lanes::all(1.0f / 720));
  p = Lanes::fma(p, r, Lanes::all(1.0f / 120));
  p = Lanes::fma(p, r, Lanes::all(1.0f / 24));
  p = Lanes::fma(p, r, Lanes::all(1.0f / 6));
  p = Lanes::fma(p, r, Lanes::all(0.5f));
  p = Lanes::fma(p, r, Lanes::all(1.0f));
  p = Lanes::fma(p, r, Lanes::all(1.0f));
  const Lanes half_n = round_to_whole(n * Lanes::all(0.5f));
  return p * half_n.two_to() * (n - half_n).two_to();
}

// tanh(x): near 0 the odd polynomial x + x^3 P(x^2), P interpolated at the Chebyshev nodes of [0, 0.56^2] (error
// 1.3e-10 of the result); above, 1 - 2 / (e^2|x| + 1) with the sign of x.
template <class Lanes>
Lanes hyperbolic_tangent(Lanes x) {
  constexpr float kNearZero = 0.55f;
  const Lanes square = x * x;
  Lanes p = Lanes::all(0.002495379560468684f);
  p = Lanes::fma(p, square, Lanes::all(-0.008504769611424027f));
  p = Lanes::fma(p, square, Lanes::all(0.021813261130634413f));
  p = Lanes::fma(p, square, Lanes::all(-0.05396419828339711f));
  p = Lanes::fma(p, square, Lanes::all(0.1333332253030487f));
  p = Lanes::fma(p, square, Lanes::all(-0.33333333286363054f));
  const Lanes near_zero = Lanes::fma(p * square, x, x);
  const Lanes magnitude = x.magnitude();
  const Lanes e = exponential(magnitude + magnitude);
  const Lanes one = Lanes::all(1.0f);
  const Lanes far = one - Lanes::all(2.0f) / (e + one);
  return Lanes::greater(magnitude, Lanes::all(kNearZero), far, near_zero).with_sign_of(x);
}

template <class Lanes>
Lanes silu(Lanes x) {
  const Lanes one = Lanes::all(1.0f);
  return x / (one + exponential(Lanes::all(0.0f) - x));
}

// The tanh form: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
template <class Lanes>
Lanes gelu_by_tanh(Lanes x) {
  const Lanes inner = Lanes::fma(x * x * x, Lanes::all(0.044715f), x) * Lanes::all(0.7978845608028654f);
  return x * Lanes::all(0.5f) * (Lanes::all(1.0f) + hyperbolic_tangent(inner));
}

constexpr double kLn2High = 0x1.62e42fefa39efp-1;
constexpr double kLn2Low = 0x1.abc9e3b39803fp-56;

[[gnu::always_inline]] inline double at_least(double low, double x) { return x < low ? low : x; }  // NaN stays

// 2^n for a whole n in -1022…1023, given n + 0x1.8p52, which has n in its low bits.
[[gnu::always_inline]] inline double two_to_f64(double shifted) {
  std::uint64_t bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  __builtin_memcpy(&shifted, &bits, sizeof bits);
  return shifted;
}

[[gnu::always_inline]] inline double exponential_f64(double x) {
  constexpr double kRounder64 = 0x1.8p52;
  constexpr double kOverflows = 710.0;    // e^710 is infinite
  constexpr double kUnderflows = -746.0;  // e^-746 rounds to 0
  x = at_least(kUnderflows, x > kOverflows ? kOverflows : x);
  const double n = (x * 0x1.71547652b82fep+0 + kRounder64) - kRounder64;
  const double r = __builtin_fma(n, -kLn2Low, __builtin_fma(n, -kLn2High, x));
  double p = 1.0 / 6227020800;
  p = __builtin_fma(p, r, 1.0 / 479001600);
  p = __builtin_fma(p, r, 1.0 / 39916800);
  p = __builtin_fma(p, r, 1.0 / 3628800);
  p = __builtin_fma(p, r, 1.0 / 362880);
  p = __builtin_fma(p, r, 1.0 / 40320);
  p = __builtin_fma(p, r, 1.0 / 5040);
  p = __builtin_fma(p, r, 1.0 / 720);
  p = __builtin_fma(p, r, 1.0 / 120);
  p = __builtin_fma(p, r, 1.0 / 24);
  p = __builtin_fma(p, r, 1.0 / 6);
  p = __builtin_fma(p, r, 0.5);
  p = __builtin_fma(p, r, 1.0);
  p = __builtin_fma(p, r, 1.0);
  const double half = n * 0.5 + kRounder64;
  return p * two_to_f64(half) * two_to_f64(n - (half - kRounder64) + kRounder64);
}

}  // namespace
}  // namespace minnow::kernels
