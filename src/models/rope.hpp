// Rotary position encoding: how fast each pair of a head's values turns, and the cosines and sines of a position.
//
// Everything is computed in double by our own functions and rounded once, so that a position's table is the same on
// every machine.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/spec.hpp"

namespace minnow::models {

struct RopeFrequencies {
  std::vector<double> radians_per_position;  // one per pair
  double magnitude = 1;                      // multiplies cos and sin
};

// `divisors` slow each pair down (llama3, longrope): one per pair, or empty.
RopeFrequencies rope_frequencies(const RopeSpec& rope, std::span<const float> divisors);

// cos_sin: the cosines of all pairs, then their sines.
void fill_cos_sin(const RopeFrequencies& frequencies, std::size_t position, float* cos_sin) noexcept;

}  // namespace minnow::models
