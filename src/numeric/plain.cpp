// Formats that store each value on its own: F32, F16 and BF16, all little-endian.
#include <cstdint>

#include "numeric/codec.hpp"
#include "numeric/half.hpp"

namespace minnow::numeric::detail {
namespace {

struct F32 {
  using Stored = float;
  static float to_float(float value) { return value; }
  static float from_float(float value) { return value; }
  using Bits = std::int32_t;
  static constexpr Bits kMagnitude = 0x7fffffff, kInfinity = 0x7f800000;
};

struct F16 {
  using Stored = std::uint16_t;
  static float to_float(Stored value) { return f16_to_f32(value); }
  static Stored from_float(float value) { return f32_to_f16(value); }
  using Bits = std::int16_t;
  static constexpr Bits kMagnitude = 0x7fff, kInfinity = 0x7c00;
};

struct Bf16 {
  using Stored = std::uint16_t;
  static float to_float(Stored value) { return bf16_to_f32(value); }
  static Stored from_float(float value) { return f32_to_bf16(value); }
  using Bits = std::int16_t;
  static constexpr Bits kMagnitude = 0x7fff, kInfinity = 0x7f80;
};

template <typename Plain>
void decode(const std::byte* blocks, std::size_t n_values, float* values) {
  for (std::size_t i = 0; i < n_values; ++i) {
    typename Plain::Stored stored;
    std::memcpy(&stored, blocks + i * sizeof(stored), sizeof(stored));
    values[i] = Plain::to_float(stored);
  }
}

template <typename Plain>
void encode(const float* values, std::size_t n_values, std::byte* blocks) {
  for (std::size_t i = 0; i < n_values; ++i) {
    const typename Plain::Stored stored = Plain::from_float(values[i]);
    std::memcpy(blocks + i * sizeof(stored), &stored, sizeof(stored));
  }
}

// Magnitudes are in the order of their bits, infinity and what is no number above all others. No early return: a
// largest integer is something that compilers find in vectors.
template <typename Plain>
bool has_non_finite(const std::byte* blocks, std::size_t n_values) {
  using Bits = typename Plain::Bits;
  Bits most = 0;
  for (std::size_t i = 0; i < n_values; ++i) {
    Bits bits;
    std::memcpy(&bits, blocks + i * sizeof(bits), sizeof(bits));
    const auto magnitude = static_cast<Bits>(bits & Plain::kMagnitude);
    most = magnitude > most ? magnitude : most;
  }
  return most >= Plain::kInfinity;
}

template <typename Plain>
constexpr Codec kCodec{decode<Plain>, encode<Plain>, has_non_finite<Plain>};

}  // namespace

const Codec kF32 = kCodec<F32>;
const Codec kF16 = kCodec<F16>;
const Codec kBf16 = kCodec<Bf16>;

}  // namespace minnow::numeric::detail
