// Logits as probabilities, in double precision: the sums over a vocabulary that log-likelihoods and divergences need.
// Element i goes to lane i % 16, and the lanes are folded as Lanes::sum() folds its own.
//
// Plain loops over 16 doubles, which the compiler vectorizes as long as all they call is inlined.
#pragma once

#include "kernels/lanes/exponential.hpp"
#include "kernels/math.hpp"

namespace minnow::kernels {
namespace {

// The sum of term(i) for i < n.
template <class Term>
double sum_over(std::size_t n, const Term& term) {
  double lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += term(i + lane);
  }
  for (; i < n; ++i) lanes[i % kLanes] += term(i);
  for (std::size_t width = kLanes / 2; width > 0; width /= 2) {
    for (std::size_t lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

template <class Lanes>
double log_sum_exp(const float* x, std::size_t n) noexcept {
  const double largest = largest_of<Lanes>(x, n);
  const auto term = [=](std::size_t i) __attribute__((always_inline)) { return exponential_f64(x[i] - largest); };
  return largest + log_f64(sum_over(n, term));
}

inline double divergence(const float* log_p, const float* logits, double normalizer, std::size_t n) noexcept {
  constexpr double kLowest = -0x1p128;  // in place of -infinity, so that a probability of zero leaves nothing
  const auto term = [=](std::size_t i) __attribute__((always_inline)) {
    const double expected = at_least(kLowest, log_p[i]);
    return exponential_f64(expected) * (expected - (at_least(kLowest, logits[i]) - normalizer));
  };
  return sum_over(n, term);
}

}  // namespace
}  // namespace minnow::kernels
