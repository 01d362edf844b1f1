// Floats to small integers, defined for every float: a value out of range, infinite or not a number becomes one
// of the bounds, where a plain cast would be undefined.
#pragma once

#include <cstdint>

namespace minnow::numeric::detail {

// 1 / scale, or 0 for a scale of zero, whose values are all zero whatever integers they have.
inline float inverse(float scale) { return scale == 0.0f ? 0.0f : 1.0f / scale; }

// To the nearest, halves away from zero, between -most and most; no number becomes -most. `most` is below 2^22. Without
// branches, so that loops vectorize: adding the largest float below one half carries over exactly from one half on.
inline int round_away_within(float value, int most) {
  const auto bound = static_cast<float>(most);
  float held = value > -bound ? value : -bound;
  held = held < bound ? held : bound;
  const std::uint32_t sign = __builtin_bit_cast(std::uint32_t, held) & 0x80000000u;
  return static_cast<int>(held + __builtin_bit_cast(float, 0x3effffffu | sign));
}

}  // namespace minnow::numeric::detail
