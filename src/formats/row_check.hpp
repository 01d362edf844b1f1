// What is asked of every row of weights before it is written: that it holds numbers, and that its new format holds
// them.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>

#include "numeric/format.hpp"

namespace minnow::formats {

// The least number that any thread has named.
class FirstOf {
 public:
  void note(std::uint64_t number) {
    std::uint64_t least = least_.load(std::memory_order_relaxed);
    while (number < least && !least_.compare_exchange_weak(least, number, std::memory_order_relaxed)) {
    }
  }
  bool any() const { return value() != kNone; }
  std::uint64_t value() const { return least_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
  std::atomic<std::uint64_t> least_{kNone};
};

// Not finite when a value of the row is not. Magnitudes are in the order of their bits, so that integers find it in a
// loop that vectorizes.
inline float largest_magnitude(std::span<const float> row) {
  std::int32_t most = 0;
  for (const float value : row) {
    const auto magnitude = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(value) & 0x7fffffffu);
    most = magnitude > most ? magnitude : most;
  }
  return std::bit_cast<float>(most);
}

// Whether a finite value of that magnitude stays finite. All formats but F32 and BF16 are, or have scales, in half
// precision.
inline bool fits_into(numeric::Format format, float magnitude) {
  constexpr float kLargestHalf = 65504.0f;
  return format == numeric::Format::f32 || format == numeric::Format::bf16 || magnitude <= kLargestHalf;
}

}  // namespace minnow::formats
