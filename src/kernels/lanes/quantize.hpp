// Activations to int8: the definition is in kernel_table.hpp.
#pragma once

#include "kernels/lanes/exponential.hpp"

namespace minnow::kernels {
namespace {

// The bit pattern of the largest magnitude, so that infinities and NaNs count as the largest.
template <class Lanes>
std::uint32_t largest_magnitude_bits(const float* x, std::size_t n) {
  Lanes largest = Lanes::all(0.0f);
  for (std::size_t i = 0; i < n; i += kLanes) largest = Lanes::max_bits(largest, Lanes::load(x + i).magnitude());
  float lanes[kLanes];
  largest.store(lanes);
  std::uint32_t bits = 0;
  for (const float lane : lanes) {
    std::uint32_t candidate = 0;
    __builtin_memcpy(&candidate, &lane, sizeof candidate);
    bits = candidate > bits ? candidate : bits;
  }
  return bits;
}

template <class Lanes>
float quantize_block(const float* x, std::size_t n, std::int8_t* codes) {
  constexpr std::uint32_t kInfinityBits = 0x7f800000u;
  const std::uint32_t bits = largest_magnitude_bits<Lanes>(x, n);
  float largest = 0.0f;
  __builtin_memcpy(&largest, &bits, sizeof largest);
  if (bits >= kInfinityBits || largest < kSmallestActivation) {
    __builtin_memset(codes, 0, n);
    return bits >= kInfinityBits ? __builtin_nanf("") : 0.0f;
  }
  const Lanes inverse = Lanes::all(127.0f / largest);
  for (std::size_t i = 0; i < n; i += kLanes) {
    (Lanes::load(x + i) * inverse + Lanes::all(kRounder)).store_low_bytes(codes + i);
  }
  return largest / 127.0f;
}

template <class Lanes>
void quantize(const float* x, std::size_t n, std::size_t block_values, const QuantizedRow& row) noexcept {
  for (std::size_t i = 0; i < n; i += block_values) {
    row.scales[i / block_values] = quantize_block<Lanes>(x + i, block_values, row.codes + i);
  }
  for (std::size_t i = 0; i < n / 16; ++i) {
    row.sums_16[i] = static_cast<std::int16_t>(Lanes::sum_bytes(row.codes + 16 * i));
  }
  for (std::size_t i = 0; i < n / 32; ++i) {
    row.sums_32[i] = static_cast<std::int16_t>(row.sums_16[2 * i] + row.sums_16[2 * i + 1]);
  }
}

}  // namespace
}  // namespace minnow::kernels
