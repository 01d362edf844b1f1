// Pseudo-random weights and activations, the same on every machine, and comparisons to the bit.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "kernels/kernel_table.hpp"
#include "kernels/matrix.hpp"
#include "numeric/format.hpp"

namespace minnow::kernels {

using numeric::Format;

// Numerical Recipes' 64-bit mix of an integer: a generator whose state is a counter.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
  std::uint32_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
  }
  // In [-1, 1), the sum of two, so small values are likelier; exact in float.
  float value() {
    const float a = static_cast<float>(next() >> 8) * 0x1p-24f;
    const float b = static_cast<float>(next() >> 8) * 0x1p-24f;
    return a - b;
  }

 private:
  std::uint64_t state_;
};

inline std::vector<float> random_values(std::size_t n, std::uint64_t seed, float scale = 1.0f) {
  Random random(seed);
  std::vector<float> values(n);
  for (float& value : values) value = random.value() * scale;
  return values;
}

inline std::vector<Isa> available_isas() {
  std::vector<Isa> isas;
  for (const Isa isa : kAllIsas) {
    if (has_kernels(isa)) isas.push_back(isa);
  }
  return isas;
}

inline std::vector<Format> all_formats() {
  std::vector<Format> formats;
  for (std::size_t f = 0; f < numeric::kFormatCount; ++f) formats.push_back(static_cast<Format>(f));
  return formats;
}

inline bool is_float(Format format) { return numeric::info(format).block_values == 1; }

// Where a block's one or two f16 scales are; -1: there is none.
struct ScaleOffsets {
  int first = -1;
  int second = -1;
};

inline ScaleOffsets scale_offsets(Format format) {
  switch (format) {
    case Format::q4_1:
    case Format::q5_1:
    case Format::q4_k:
    case Format::q5_k:
      return {0, 2};
    case Format::q2_k:
      return {80, 82};
    case Format::q3_k:
      return {108, -1};
    case Format::q6_k:
      return {208, -1};
    case Format::f32:
    case Format::f16:
    case Format::bf16:
      return {};
    default:
      return {0, -1};
  }
}

// Any bytes are a valid block as long as its scales are numbers. `scales` holds the f16 patterns to choose from.
inline std::vector<std::byte> random_blocks(Format format, std::size_t rows, std::size_t cols, std::uint64_t seed,
                                            const std::vector<std::uint16_t>& scales) {
  Random random(seed);
  std::vector<std::byte> bytes(rows * numeric::row_bytes(format, cols));
  const std::size_t block_bytes = numeric::info(format).block_bytes;
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next() & 0xff);
  const ScaleOffsets offsets = scale_offsets(format);
  for (std::size_t at = 0; at + block_bytes <= bytes.size(); at += block_bytes) {
    for (const int offset : {offsets.first, offsets.second}) {
      if (offset < 0) continue;
      const std::uint16_t scale = scales[random.next() % scales.size()];
      std::memcpy(bytes.data() + at + static_cast<std::size_t>(offset), &scale, sizeof scale);
    }
  }
  return bytes;
}

inline const std::vector<std::uint16_t> kPlainScales = {0x2c00, 0x2e66, 0xac00, 0x1c00, 0x3200};  // 0.06, 0.1, …
inline const std::vector<std::uint16_t> kExtremeScales = {0x0000, 0x8000, 0x0001, 0x83ff, 0x7bff, 0xfbff, 0x0400};

// Floats of every size as weights of a float format.
inline std::vector<std::byte> float_weights(Format format, std::size_t n, std::uint64_t seed) {
  std::vector<std::byte> bytes(numeric::row_bytes(format, n));
  numeric::encode(format, random_values(n, seed), bytes);
  return bytes;
}

inline std::vector<std::byte> weights_of(Format format, std::size_t rows, std::size_t cols, std::uint64_t seed) {
  if (is_float(format)) return float_weights(format, rows * cols, seed);
  return random_blocks(format, rows, cols, seed, kPlainScales);
}

inline std::vector<float> multiply(const KernelTable& kernels, Format format, std::size_t rows, std::size_t cols,
                                   const std::vector<std::byte>& weights, const std::vector<float>& x,
                                   ThreadPool& pool) {
  const std::size_t n_tokens = x.size() / cols;
  const Matrix matrix(kernels, format, rows, cols, weights, pool);
  Activations activations(n_tokens, cols);
  activations.set(x.data(), n_tokens, cols);
  std::vector<float> y(n_tokens * rows, -1.0f);
  matmul(kernels, activations, {{&matrix, y.data()}}, pool);
  return y;
}

// A quantized format's weights, or a float one's, as numbers.
inline std::vector<float> decoded(Format format, const std::vector<std::byte>& weights, std::size_t n) {
  std::vector<float> values(n);
  numeric::decode(format, weights, values);
  return values;
}

// The same bits, or both not a number: a NaN's payload is the machine's own business.
inline ::testing::AssertionResult same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return ::testing::AssertionFailure() << a.size() << " values against " << b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (std::bit_cast<std::uint32_t>(a[i]) == std::bit_cast<std::uint32_t>(b[i])) continue;
    return ::testing::AssertionFailure() << "value " << i << " is " << a[i] << " against " << b[i];
  }
  return ::testing::AssertionSuccess();
}

struct FormatOnIsa {
  Format format;
  Isa isa;
};

inline std::vector<FormatOnIsa> formats_on_isas() {
  std::vector<FormatOnIsa> all;
  for (const Format format : all_formats()) {
    for (const Isa isa : available_isas()) all.push_back({format, isa});
  }
  return all;
}

inline std::string name_of(const ::testing::TestParamInfo<FormatOnIsa>& test) {
  return std::string(numeric::info(test.param.format).name) + "_" + kernels_for(test.param.isa).name;
}

}  // namespace minnow::kernels
