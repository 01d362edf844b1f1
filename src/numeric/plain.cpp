// Formats that store each value on its own: F32, F16 and BF16, all little-endian.
#include <bit>

#include "numeric/codec.hpp"
#include "numeric/half.hpp"

namespace minnow::numeric::detail {
namespace {

struct F32 {
  using Stored = float;
  static float to_float(float value) { return value; }
  static float from_float(float value) { return value; }
  static bool is_finite(float value) { return (std::bit_cast<std::uint32_t>(value) & 0x7f800000u) != 0x7f800000u; }
};

struct F16 {
  using Stored = std::uint16_t;
  static float to_float(Stored value) { return f16_to_f32(value); }
  static Stored from_float(float value) { return f32_to_f16(value); }
  static bool is_finite(Stored value) { return f16_is_finite(value); }
};

struct Bf16 {
  using Stored = std::uint16_t;
  static float to_float(Stored value) { return bf16_to_f32(value); }
  static Stored from_float(float value) { return f32_to_bf16(value); }
  static bool is_finite(Stored value) { return (value & 0x7f80u) != 0x7f80u; }
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

template <typename Plain>
bool has_non_finite(const std::byte* blocks, std::size_t n_values) {
  bool all_finite = true;  // no early return: the loop vectorizes
  for (std::size_t i = 0; i < n_values; ++i) {
    typename Plain::Stored stored;
    std::memcpy(&stored, blocks + i * sizeof(stored), sizeof(stored));
    all_finite &= Plain::is_finite(stored);
  }
  return !all_finite;
}

template <typename Plain>
constexpr Codec kCodec{decode<Plain>, encode<Plain>, has_non_finite<Plain>};

}  // namespace

const Codec kF32 = kCodec<F32>;
const Codec kF16 = kCodec<F16>;
const Codec kBf16 = kCodec<Bf16>;

}  // namespace minnow::numeric::detail
