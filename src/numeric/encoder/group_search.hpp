// The search for scales (and minimums) that round groups of values with the least weighted squared error. Sixteen
// groups at a time, one in each lane.
//
// For integers q already chosen the best scale is least squares: with a scale alone it is <x,q> / <q,q>, which explains
// <x,q>² / <q,q> of the sum of squares (all products weighted). So we try the integers that several trial scales give,
// keep those that explain the most, and repeat from there. What a block then stores is a small integer per group times
// a half-precision factor for all: each group tries its integer's neighbours, and the factor is fitted again to what
// the groups chose.
#pragma once

#include "numeric/encoder/lanes.hpp"

namespace minnow::numeric::detail {
namespace {

constexpr int kRefinements = 3;  // of a group's own scale
constexpr int kRounds = 2;       // of fitting a block's factors to its groups' choices

// Sixteen groups of n values with a weight for each.
template <int n>
struct Groups {
  Floats x[n];
  Floats weight[n];
  Floats sum_weight, sum_x;  // weighted

  // Value i, or 0 where it doesn't weigh anything and must not stretch the range.
  MINNOW_INLINE Floats counted(int i) const { return select(weight[i] > all(0.0f), x[i], all(0.0f)); }

  // `importance` may be null: every value weighs the same. Both hold n_groups * n values.
  void load(const float* values, const float* importance, int n_groups) {
    alignas(64) float row[kLanes] = {}, weights[kLanes] = {};
    sum_weight = sum_x = all(0.0f);
    for (int i = 0; i < n; ++i) {
      for (int lane = 0; lane < n_groups; ++lane) {
        row[lane] = values[lane * n + i];
        weights[lane] = importance == nullptr ? 1.0f : importance[lane * n + i];
      }
      x[i] = detail::load(row);
      weight[i] = detail::load(weights);
      sum_weight = sum_weight + weight[i];
      sum_x = sum_x + weight[i] * x[i];
    }
  }
};

// Integers low…high.
template <int lowest, int highest>
struct EvenLevels {
  static constexpr float kLow = static_cast<float>(lowest), kHigh = static_cast<float>(highest);
  MINNOW_INLINE static Floats nearest(Floats x) { return nearest_between(x, kLow, kHigh); }
  // Where a trial puts the extreme value: around the lower end, then around the upper.
  static constexpr int kTrials = 18;
  static constexpr float trial(int i) {
    return i < 11 ? kLow - 0.9f + 0.15f * static_cast<float>(i) : kHigh - 0.25f + 0.15f * static_cast<float>(i - 11);
  }
};

struct ScaleSums {
  Floats xq = all(0.0f), qq = all(0.0f);
};

template <typename Levels, int n>
MINNOW_INLINE ScaleSums sums_of_scale(const Groups<n>& groups, Floats per_level) {
  ScaleSums sums;
  for (int i = 0; i < n; ++i) {
    const Floats q = Levels::nearest(groups.x[i] * per_level);
    const Floats wq = groups.weight[i] * q;
    sums.xq = sums.xq + wq * groups.x[i];
    sums.qq = sums.qq + wq * q;
  }
  return sums;
}

// The best real scale of each group; 0 for a group of zeros.
template <typename Levels, int n>
Floats fit_scale(const Groups<n>& groups) {
  Floats extreme = groups.counted(0);
  for (int i = 1; i < n; ++i) {
    extreme = select(magnitude(groups.counted(i)) > magnitude(extreme), groups.counted(i), extreme);
  }
  const Floats per_extreme = inverse(extreme);
  Floats best = all(0.0f), most_explained = all(0.0f);
  const auto keep_if_better = [&](Floats per_level) {
    const ScaleSums sums = sums_of_scale<Levels>(groups, per_level);
    const Floats scale = sums.xq * inverse(sums.qq);
    const Floats explained = sums.xq * scale;
    best = select(explained > most_explained, scale, best);
    most_explained = larger(explained, most_explained);
  };
  for (int i = 0; i < Levels::kTrials; ++i) keep_if_better(all(Levels::trial(i)) * per_extreme);
  for (int i = 0; i < kRefinements; ++i) keep_if_better(inverse(best));
  return best;
}

template <typename Levels, int n>
MINNOW_INLINE Floats error_of_scale(const Groups<n>& groups, Floats scale) {
  const Floats per_level = inverse(scale);
  Floats error = all(0.0f);
  for (int i = 0; i < n; ++i) {
    const Floats difference = scale * Levels::nearest(groups.x[i] * per_level) - groups.x[i];
    error = error + groups.weight[i] * (difference * difference);
  }
  return error;
}

// Each group's integer scale, low…high, for the factor d of its lane: the nearest to `wanted` or a neighbour of it.
template <typename Levels, int n>
Floats choose_scale(const Groups<n>& groups, Floats d, Floats wanted, float low, float high, Floats& error) {
  const Floats middle = nearest_between(wanted * inverse(d), low, high);
  Floats best = middle;
  error = error_of_scale<Levels>(groups, d * middle);
  for (int side = 0; side < 2; ++side) {
    const Floats s = smaller(larger(middle + all(side == 0 ? -1.0f : 1.0f), all(low)), all(high));
    const Floats found = error_of_scale<Levels>(groups, d * s);
    best = select(found < error, s, best);
    error = smaller(found, error);
  }
  return best;
}

// A value is scale * q - minimum for a q from 0.
struct Affine {
  Floats scale, minimum;
};

struct AffineSums {
  Floats q = all(0.0f), qq = all(0.0f), xq = all(0.0f);
};

template <int top, int n>
MINNOW_INLINE Floats affine_level(const Groups<n>& groups, int i, Floats per_level, Floats minimum) {
  return nearest_between((groups.x[i] + minimum) * per_level, 0.0f, static_cast<float>(top));
}

template <int top, int n>
MINNOW_INLINE AffineSums sums_of_affine(const Groups<n>& groups, Affine affine) {
  const Floats per_level = inverse(affine.scale);
  AffineSums sums;
  for (int i = 0; i < n; ++i) {
    const Floats q = affine_level<top>(groups, i, per_level, affine.minimum);
    const Floats wq = groups.weight[i] * q;
    sums.q = sums.q + wq;
    sums.qq = sums.qq + wq * q;
    sums.xq = sums.xq + wq * groups.x[i];
  }
  return sums;
}

// The least-squares scale and minimum for the sums of some integers, and what they explain. Without `any_minimum` the
// minimum is not negative, as in formats that store it without a sign.
template <bool any_minimum, int n>
MINNOW_INLINE Affine solve(const Groups<n>& groups, const AffineSums& sums, Floats& explained) {
  const Floats w = groups.sum_weight, x = groups.sum_x;
  const Floats scale = (w * sums.xq - sums.q * x) * inverse(w * sums.qq - sums.q * sums.q);
  const Floats minimum = (scale * sums.q - x) * inverse(w);
  const Floats scale_alone = larger(sums.xq * inverse(sums.qq), all(0.0f));
  const Mask is_positive = scale > all(0.0f);
  const Mask is_fine = any_minimum ? is_positive : is_positive & (minimum >= all(0.0f));
  const Affine solved{select(is_fine, scale, scale_alone), select(is_fine, minimum, all(0.0f))};
  explained = solved.scale * sums.xq - solved.minimum * x;
  return solved;
}

// The best real scale and minimum of each group for the integers 0…top.
template <int top, bool any_minimum, int n>
Affine fit_affine(const Groups<n>& groups) {
  constexpr int kTrials = 18;
  constexpr float kFar = 3.4e38f;
  Floats low = all(any_minimum ? kFar : 0.0f);
  Floats high = all(-kFar);
  for (int i = 0; i < n; ++i) {
    const Mask counts = groups.weight[i] > all(0.0f);
    low = select(counts, smaller(groups.x[i], low), low);
    high = select(counts, larger(groups.x[i], high), high);
  }
  const Mask has_range = high > low;
  low = select(high >= low, low, all(0.0f));  // nothing counts
  Affine best{all(0.0f), -low};
  // A group of one value is explained by its minimum alone, which any trial must exceed.
  Floats most_explained = select(has_range, all(-1.0f), low * groups.sum_x);
  const auto keep_if_better = [&](Affine trial) {
    Floats explained;
    const Affine found = solve<any_minimum>(groups, sums_of_affine<top>(groups, trial), explained);
    const Mask is_better = explained > most_explained;
    best = {select(is_better, found.scale, best.scale), select(is_better, found.minimum, best.minimum)};
    most_explained = larger(explained, most_explained);
  };
  for (int trial = 0; trial < kTrials; ++trial) {
    const float levels = static_cast<float>(top) - 0.6f + 0.125f * static_cast<float>(trial);
    keep_if_better({(high - low) * all(1.0f / levels), -low});
  }
  for (int i = 0; i < kRefinements; ++i) keep_if_better(best);
  return best;
}

template <int top, int n>
MINNOW_INLINE Floats error_of_affine(const Groups<n>& groups, Affine affine) {
  const Floats per_level = inverse(affine.scale);
  Floats error = all(0.0f);
  for (int i = 0; i < n; ++i) {
    const Floats q = affine_level<top>(groups, i, per_level, affine.minimum);
    const Floats difference = affine.scale * q - affine.minimum - groups.x[i];
    error = error + groups.weight[i] * (difference * difference);
  }
  return error;
}

// Each group's integer scale and minimum, 0…highest, for the factors of its lane.
template <int top, int n>
Affine choose_affine(const Groups<n>& groups, Affine d, Affine wanted, float highest, Floats& error) {
  const Affine middle{nearest_between(wanted.scale * inverse(d.scale), 0.0f, highest),
                      nearest_between(wanted.minimum * inverse(d.minimum), 0.0f, highest)};
  Affine best = middle;
  error = error_of_affine<top>(groups, {d.scale * middle.scale, d.minimum * middle.minimum});
  for (int i = 0; i < 9; ++i) {
    if (i == 4) continue;
    const Floats s = smaller(larger(middle.scale + all(static_cast<float>(i / 3 - 1)), all(0.0f)), all(highest));
    const Floats m = smaller(larger(middle.minimum + all(static_cast<float>(i % 3 - 1)), all(0.0f)), all(highest));
    const Floats found = error_of_affine<top>(groups, {d.scale * s, d.minimum * m});
    const Mask is_better = found < error;
    best = {select(is_better, s, best.scale), select(is_better, m, best.minimum)};
    error = smaller(found, error);
  }
  return best;
}

}  // namespace
}  // namespace minnow::numeric::detail
