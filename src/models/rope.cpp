#include "models/rope.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/math.hpp"

namespace minnow::models {
namespace {

// The pair, as a real number, that turns `turns` times within the original context.
double pair_that_turns(double turns, const RopeSpec& rope) {
  const double wavelength = static_cast<double>(rope.original_context) / turns;
  return static_cast<double>(rope.n_dims) * kernels::log_f64(wavelength / (2 * std::numbers::pi)) /
         (2 * kernels::log_f64(rope.base));
}

// YaRN: pairs that turn often keep their speed, those that hardly turn once are slowed down by the factor, and between
// the two the speed changes linearly.
void apply_yarn(const RopeSpec& rope, std::vector<double>& frequencies) {
  if (rope.base <= 1) return;  // all pairs turn alike; there is no ramp
  const double last = static_cast<double>(rope.n_dims) - 1;
  const double low = std::max(std::floor(pair_that_turns(rope.yarn_beta_fast, rope)), 0.0);
  const double high = std::min(std::ceil(pair_that_turns(rope.yarn_beta_slow, rope)), last);
  const double width = std::max(high - low, 0.001);
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const double slowed = std::clamp((static_cast<double>(i) - low) / width, 0.0, 1.0);
    frequencies[i] = frequencies[i] / rope.factor * slowed + frequencies[i] * (1 - slowed);
  }
}

}  // namespace

RopeFrequencies rope_frequencies(const RopeSpec& rope, std::span<const float> divisors) {
  RopeFrequencies result{.magnitude = rope.attention_factor};
  std::vector<double>& frequencies = result.radians_per_position;
  for (std::size_t i = 0; i < rope.n_dims / 2; ++i) {
    const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(rope.n_dims);
    const double divisor = divisors.empty() ? 1.0 : static_cast<double>(divisors[i]);
    frequencies.push_back(kernels::pow_f64(rope.base, exponent) / divisor);
  }
  if (rope.scaling == RopeScaling::linear) {
    for (double& frequency : frequencies) frequency /= rope.factor;
  }
  if (rope.scaling == RopeScaling::yarn) {
    apply_yarn(rope, frequencies);
    if (rope.factor > 1) result.magnitude *= 0.1 * kernels::log_f64(rope.factor) + 1;
  }
  return result;
}

void fill_cos_sin(const RopeFrequencies& frequencies, std::size_t position, float* cos_sin) noexcept {
  const std::vector<double>& speeds = frequencies.radians_per_position;
  for (std::size_t i = 0; i < speeds.size(); ++i) {
    const double angle = static_cast<double>(position) * speeds[i];
    cos_sin[i] = static_cast<float>(kernels::cos_f64(angle) * frequencies.magnitude);
    cos_sin[speeds.size() + i] = static_cast<float>(kernels::sin_f64(angle) * frequencies.magnitude);
  }
}

}  // namespace minnow::models
