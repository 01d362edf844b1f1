// Floats to small integers, defined for every float: a value out of range, infinite or not a number becomes one
// of the bounds, where a plain cast would be undefined.
#pragma once

namespace minnow::numeric::detail {

// 1 / scale, or 0 for a scale of zero, whose values are all zero whatever integers they have.
inline float inverse(float scale) { return scale == 0.0f ? 0.0f : 1.0f / scale; }

// Cuts off the fraction.
inline int truncate_between(float value, int low, int high) {
  if (!(value > static_cast<float>(low))) return low;
  if (!(value < static_cast<float>(high))) return high;
  return static_cast<int>(value);
}

// To the nearest, halves away from zero.
inline int round_away_between(float value, int low, int high) {
  const int whole = truncate_between(value, low, high);
  const float rest = value - static_cast<float>(whole);
  if (rest >= 0.5f && whole < high) return whole + 1;
  if (rest <= -0.5f && whole > low) return whole - 1;
  return whole;
}

}  // namespace minnow::numeric::detail
