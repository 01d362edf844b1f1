// From sixteen groups to the numbers their blocks store: factors in half precision, a small integer per group, and the
// values' integers. A block has all sixteen groups, or eight, and then there are two blocks.
#pragma once

#include "numeric/encoder/group_search.hpp"

namespace minnow::numeric::detail {
namespace {

// Whatever the blocks of one pass look like, lane by lane and then value by value: value i of the group in lane l is
// q[l * n + i].
template <int n>
struct Found {
  uint16_t d[kLanes] = {}, dmin[kLanes] = {};          // of each lane's block
  int16_t scales[kLanes] = {}, minimums[kLanes] = {};  // of each lane's group
  int8_t q[kLanes * n] = {};
};

// Rounds each lane's factor to half precision and stores it.
MINNOW_INLINE Floats as_halves(Floats factors, uint16_t halves[kLanes]) {
  Floats rounded;
  for (int lane = 0; lane < kLanes; ++lane) {
    halves[lane] = f32_to_f16(factors[lane]);
    rounded.set(lane, f16_to_f32(halves[lane]));
  }
  return rounded;
}

MINNOW_INLINE void store(Floats integers, int16_t to[kLanes]) {
  for (int lane = 0; lane < kLanes; ++lane) to[lane] = static_cast<int16_t>(integers[lane]);
}

template <int n>
MINNOW_INLINE void store_level(Floats q, int i, Found<n>& found) {
  int32_t integers[kLanes];
  store_whole(q, integers);
  for (int lane = 0; lane < kLanes; ++lane) found.q[lane * n + i] = static_cast<int8_t>(integers[lane]);
}

// Each lane gets its block's sum.
template <int groups_per_block>
MINNOW_INLINE Floats block_sums(Floats values) {
  Floats sums;
  for (int first = 0; first < kLanes; first += groups_per_block) {
    float sum = values[first];
    for (int lane = first + 1; lane < first + groups_per_block; ++lane) sum += values[lane];
    for (int lane = first; lane < first + groups_per_block; ++lane) sums.set(lane, sum);
  }
  return sums;
}

template <int groups_per_block>
MINNOW_INLINE Floats block_extremes(Floats values) {
  Floats extremes;
  for (int first = 0; first < kLanes; first += groups_per_block) {
    float extreme = values[first];
    for (int lane = first + 1; lane < first + groups_per_block; ++lane) {
      extreme = __builtin_fabsf(values[lane]) > __builtin_fabsf(extreme) ? values[lane] : extreme;
    }
    for (int lane = first; lane < first + groups_per_block; ++lane) extremes.set(lane, extreme);
  }
  return extremes;
}

// value = d * s * q with s from scale_low to -scale_low - 1: the extreme group gets scale_low.
template <typename Levels, int groups_per_block, int n>
void find_scaled(const Groups<n>& groups, int scale_low, Found<n>& found) {
  const float low = static_cast<float>(scale_low), high = -low - 1.0f;
  const Floats wanted = fit_scale<Levels>(groups);
  uint16_t halves[kLanes];
  Floats trial = block_extremes<groups_per_block>(wanted) / all(low);
  Floats d = all(0.0f), scales = d, least = d;
  for (int round = 0; round <= kRounds; ++round) {
    const Floats rounded = as_halves(trial, halves);
    Floats error;
    const Floats chosen = choose_scale<Levels>(groups, rounded, wanted, low, high, error);
    error = block_sums<groups_per_block>(error);
    const Mask is_better = round == 0 ? error == error : error < least;
    d = select(is_better, rounded, d);
    scales = select(is_better, chosen, scales);
    least = select(is_better, error, least);
    for (int lane = 0; lane < kLanes; ++lane) found.d[lane] = is_better[lane] ? halves[lane] : found.d[lane];
    if (round == kRounds) break;
    const ScaleSums sums = sums_of_scale<Levels>(groups, inverse(rounded * chosen));
    const Floats xq = block_sums<groups_per_block>(chosen * sums.xq);
    const Floats qq = block_sums<groups_per_block>(chosen * chosen * sums.qq);
    trial = xq * inverse(qq);
  }
  store(scales, found.scales);
  const Floats per_level = inverse(d * scales);
  for (int i = 0; i < n; ++i) store_level(Levels::nearest(groups.x[i] * per_level), i, found);
}

// value = d * s * q - dmin * m with s and m 0…highest.
template <int top, int groups_per_block, int n>
void find_affine(const Groups<n>& groups, float highest, Found<n>& found) {
  const Affine wanted = fit_affine<top, false>(groups);
  uint16_t scale_halves[kLanes], minimum_halves[kLanes];
  Affine trial{block_extremes<groups_per_block>(wanted.scale) / all(highest),
               block_extremes<groups_per_block>(wanted.minimum) / all(highest)};
  Affine d{all(0.0f), all(0.0f)}, integers = d;
  Floats least = all(0.0f);
  for (int round = 0; round <= kRounds; ++round) {
    const Affine rounded{as_halves(trial.scale, scale_halves), as_halves(trial.minimum, minimum_halves)};
    Floats error;
    const Affine chosen = choose_affine<top>(groups, rounded, wanted, highest, error);
    error = block_sums<groups_per_block>(error);
    const Mask is_better = round == 0 ? error == error : error < least;
    d = {select(is_better, rounded.scale, d.scale), select(is_better, rounded.minimum, d.minimum)};
    integers = {select(is_better, chosen.scale, integers.scale), select(is_better, chosen.minimum, integers.minimum)};
    least = select(is_better, error, least);
    for (int lane = 0; lane < kLanes; ++lane) {
      found.d[lane] = is_better[lane] ? scale_halves[lane] : found.d[lane];
      found.dmin[lane] = is_better[lane] ? minimum_halves[lane] : found.dmin[lane];
    }
    if (round == kRounds) break;
    // Least squares for both factors, the groups' integers held.
    const Floats s = chosen.scale, m = chosen.minimum;
    const AffineSums sums = sums_of_affine<top>(groups, {rounded.scale * s, rounded.minimum * m});
    const Floats aa = block_sums<groups_per_block>(s * s * sums.qq);
    const Floats ab = block_sums<groups_per_block>(s * m * sums.q);
    const Floats bb = block_sums<groups_per_block>(m * m * groups.sum_weight);
    const Floats ax = block_sums<groups_per_block>(s * sums.xq);
    const Floats bx = block_sums<groups_per_block>(m * groups.sum_x);
    const Floats per_determinant = inverse(aa * bb - ab * ab);
    trial = {larger((bb * ax - ab * bx) * per_determinant, all(0.0f)),
             larger((ab * ax - aa * bx) * per_determinant, all(0.0f))};
    trial.scale = select(bb == all(0.0f), ax * inverse(aa), trial.scale);
  }
  store(integers.scale, found.scales);
  store(integers.minimum, found.minimums);
  const Floats minimum = d.minimum * integers.minimum;
  const Floats per_level = inverse(d.scale * integers.scale);
  for (int i = 0; i < n; ++i) store_level(affine_level<top>(groups, i, per_level, minimum), i, found);
}

// value = d * q: every group is a block.
template <typename Levels, int n>
void find_single_scale(const Groups<n>& groups, Found<n>& found) {
  const Floats d = as_halves(fit_scale<Levels>(groups), found.d);
  const Floats per_level = inverse(d);
  for (int i = 0; i < n; ++i) store_level(Levels::nearest(groups.x[i] * per_level), i, found);
}

// value = d * q + m: every group is a block; dmin of Found is m.
template <int top, int n>
void find_single_affine(const Groups<n>& groups, Found<n>& found) {
  const Affine affine = fit_affine<top, true>(groups);
  const Floats d = as_halves(affine.scale, found.d);
  const Floats m = as_halves(-affine.minimum, found.dmin);
  const Floats per_level = inverse(d);
  for (int i = 0; i < n; ++i) store_level(affine_level<top>(groups, i, per_level, -m), i, found);
}

}  // namespace
}  // namespace minnow::numeric::detail
