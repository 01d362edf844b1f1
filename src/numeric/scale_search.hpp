// The search for a group's scale (and minimum) that rounds its values with the least squared error.
//
// For integers q already chosen, the best scale is least squares: with a scale alone it is <x,q> / <q,q>, which
// explains <x,q>² / <q,q> of the sum of squares. So we try the integers that several trial scales give and keep the
// best. Sums have a fixed shape of kLanes partial sums: quick, and the same on every machine.
#pragma once

#include <algorithm>
#include <cmath>

#include "numeric/rounding.hpp"

namespace minnow::numeric::detail {

constexpr int kLanes = 8;

struct LaneSum {
  float lanes[kLanes] = {};
  float total() const {
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
  }
};

// Calls add(i, lane) for i = 0…n-1; lanes are independent, so that the loop inside vectorizes.
template <int n, typename Add>
void for_lanes(Add add) {
  static_assert(n % kLanes == 0);
  for (int i = 0; i < n; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) add(i + lane, lane);
  }
}

// The value of the largest magnitude, with its sign.
template <int n>
float extreme_of(const float* x) {
  float found = x[0];
  for (int i = 1; i < n; ++i) found = std::fabs(x[i]) > std::fabs(found) ? x[i] : found;
  return found;
}

// Integers low…high, and the trial places of a group's extreme value among them.
template <int low, int high>
struct EvenLevels {
  static constexpr float kFirstTrial = static_cast<float>(low) - 0.8f;
  static constexpr float kTrialStep = 0.1f;
  static constexpr int kTrials = 17;
  static float nearest(float x) { return nearest_between(x, static_cast<float>(low), static_cast<float>(high)); }
};

// The scale for n values rounded to `Levels`; 0 when all values are.
template <int n, typename Levels>
float fit_scale(const float* x) {
  const float extreme = extreme_of<n>(x);
  if (extreme == 0.0f) return 0.0f;
  float best_scale = 0.0f, most_explained = 0.0f;
  for (int trial = 0; trial < Levels::kTrials; ++trial) {
    const float per_level = (Levels::kFirstTrial + Levels::kTrialStep * static_cast<float>(trial)) / extreme;
    LaneSum xq_sum, qq_sum;
    for_lanes<n>([&](int i, int lane) {
      const float q = Levels::nearest(x[i] * per_level);
      xq_sum.lanes[lane] += x[i] * q;
      qq_sum.lanes[lane] += q * q;
    });
    const float xq = xq_sum.total();
    const float scale = xq * inverse(qq_sum.total());
    if (xq * scale > most_explained) {
      most_explained = xq * scale;
      best_scale = scale;
    }
  }
  return best_scale;
}

// The squared error of n values rounded to scale * level.
template <int n, typename Levels>
float error_of_scale(const float* x, float scale) {
  const float per_level = inverse(scale);
  LaneSum error;
  for_lanes<n>([&](int i, int lane) {
    const float difference = scale * Levels::nearest(x[i] * per_level) - x[i];
    error.lanes[lane] += difference * difference;
  });
  return error.total();
}

// A group's integer scale: d * s is the scale. Rounding to the nearest s is not always best, so its neighbours
// are tried too.
template <int n, typename Levels>
int choose_scale(const float* x, float d, float wanted_scale, int low, int high) {
  const int middle = round_between(wanted_scale * inverse(d), low, high);
  int best = middle;
  float least = error_of_scale<n, Levels>(x, d * static_cast<float>(middle));
  for (const int s : {middle - 1, middle + 1}) {
    if (s < low || s > high) continue;
    const float error = error_of_scale<n, Levels>(x, d * static_cast<float>(s));
    if (error < least) {
      least = error;
      best = s;
    }
  }
  return best;
}

// A value is scale * q - minimum for a q from 0; the minimum is not negative.
struct Affine {
  float scale = 0.0f, minimum = 0.0f;
};

template <int n, int top>
float error_of_affine(const float* x, Affine affine) {
  const float per_level = inverse(affine.scale);
  LaneSum error;
  for_lanes<n>([&](int i, int lane) {
    const float q = nearest_between((x[i] + affine.minimum) * per_level, 0.0f, static_cast<float>(top));
    const float difference = affine.scale * q - affine.minimum - x[i];
    error.lanes[lane] += difference * difference;
  });
  return error.total();
}

// The least-squares scale and minimum for the integers that `trial` gives.
template <int n, int top>
Affine improve_affine(const float* x, float sum_x, Affine trial) {
  const float per_level = inverse(trial.scale);
  LaneSum q_sum, qq_sum, xq_sum;
  for_lanes<n>([&](int i, int lane) {
    const float q = nearest_between((x[i] + trial.minimum) * per_level, 0.0f, static_cast<float>(top));
    q_sum.lanes[lane] += q;
    qq_sum.lanes[lane] += q * q;
    xq_sum.lanes[lane] += x[i] * q;
  });
  constexpr float kN = static_cast<float>(n);
  const float q = q_sum.total(), qq = qq_sum.total(), xq = xq_sum.total();
  const float scale = (kN * xq - q * sum_x) * inverse(kN * qq - q * q);
  const float minimum = (scale * q - sum_x) / kN;
  if (minimum >= 0.0f && scale > 0.0f) return {scale, minimum};
  return {std::max(xq * inverse(qq), 0.0f), 0.0f};
}

// The scale and minimum for n values and the integers 0…top.
template <int n, int top>
Affine fit_affine(const float* x) {
  constexpr int kTrials = 16;
  constexpr float kTop = static_cast<float>(top);
  const float low = std::min(*std::min_element(x, x + n), 0.0f);
  const float high = *std::max_element(x, x + n);
  if (!(high > low)) return {0.0f, -low};
  LaneSum sum;
  for_lanes<n>([&](int i, int lane) { sum.lanes[lane] += x[i]; });
  Affine best{(high - low) / kTop, -low};
  float least = error_of_affine<n, top>(x, best);
  for (int trial = 0; trial < kTrials; ++trial) {
    const float levels = kTop - 0.5f + 0.15f * static_cast<float>(trial);
    const Affine fitted = improve_affine<n, top>(x, sum.total(), {(high - low) / levels, -low});
    const float error = error_of_affine<n, top>(x, fitted);
    if (error < least) {
      least = error;
      best = fitted;
    }
  }
  return best;
}

// A group's integers for its scale and minimum.
struct AffineIntegers {
  int scale, minimum;
};

// The same choice among neighbours as choose_scale, for the pair.
template <int n, int top>
AffineIntegers choose_affine(const float* x, float d, float dmin, Affine wanted, int highest) {
  const AffineIntegers middle{round_between(wanted.scale * inverse(d), 0, highest),
                              round_between(wanted.minimum * inverse(dmin), 0, highest)};
  AffineIntegers best = middle;
  float least = -1.0f;
  for (const int s : {middle.scale, middle.scale - 1, middle.scale + 1}) {
    for (const int m : {middle.minimum, middle.minimum - 1, middle.minimum + 1}) {
      if (s < 0 || s > highest || m < 0 || m > highest) continue;
      const float error = error_of_affine<n, top>(x, {d * static_cast<float>(s), dmin * static_cast<float>(m)});
      if (least < 0.0f || error < least) {
        least = error;
        best = {s, m};
      }
    }
  }
  return best;
}

}  // namespace minnow::numeric::detail
