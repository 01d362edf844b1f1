// Root-mean-square and layer norm. Sums go over 16 virtual lanes; what is missing from the last 16 counts as zero.
#pragma once

#include "kernels/lanes/lanes.hpp"

namespace minnow::kernels {
namespace {

template <class Lanes>
float sum_of_squares(const float* x, std::size_t n, float mean) {
  Lanes sum = Lanes::all(0.0f);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const Lanes d = keep_first(load_up_to<Lanes>(x + i, n - i) - Lanes::all(mean), n - i);
    sum = Lanes::fma(d, d, sum);
  }
  return sum.sum();
}

// y = ((x - mean) * factor) * weight + bias
template <class Lanes>
void normalise(const float* x, float mean, float factor, const float* weight, const float* bias, std::size_t n,
               float* y) {
  for (std::size_t i = 0; i < n; i += kLanes) {
    Lanes value = (load_up_to<Lanes>(x + i, n - i) - Lanes::all(mean)) * Lanes::all(factor);
    if (weight != nullptr) value = value * load_up_to<Lanes>(weight + i, n - i);
    if (bias != nullptr) value = value + load_up_to<Lanes>(bias + i, n - i);
    store_up_to(value, y + i, n - i);
  }
}

template <class Lanes>
void rms_norm(const float* x, const float* weight, std::size_t n, float eps, float* y) noexcept {
  const float mean_square = sum_of_squares<Lanes>(x, n, 0.0f) / static_cast<float>(n);
  normalise<Lanes>(x, 0.0f, 1.0f / __builtin_sqrtf(mean_square + eps), weight, nullptr, n, y);
}

template <class Lanes>
void layer_norm(const float* x, const float* weight, const float* bias, std::size_t n, float eps, float* y) noexcept {
  Lanes sum = Lanes::all(0.0f);
  for (std::size_t i = 0; i < n; i += kLanes) sum = sum + load_up_to<Lanes>(x + i, n - i);
  const float mean = sum.sum() / static_cast<float>(n);
  const float variance = sum_of_squares<Lanes>(x, n, mean) / static_cast<float>(n);
  normalise<Lanes>(x, mean, 1.0f / __builtin_sqrtf(variance + eps), weight, bias, n, y);
}

}  // namespace
}  // namespace minnow::kernels
