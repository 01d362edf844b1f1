// Activations of a few pairs of tokens as smmla takes them: 256 values or what is left of a row, eight of the first
// token and eight of the second to a register.
//
// Everything said of a pair (a, b) and of two rows comes as [row 0 with a, row 0 with b, row 1 with a, row 1 with b],
// the order of smmla's four sums; numbers of tokens alone as [a, b, a, b].
#pragma once

#include <arm_neon.h>

#include "kernels/matmul_kernel.hpp"
#include "kernels/quantized_layout.hpp"

namespace minnow::kernels {
namespace {

constexpr std::size_t kUnitValues = 32;
constexpr std::size_t kChunkUnits = 8;

template <numeric::Format format, int pairs>
class PairedTokens {
 public:
  static constexpr QuantizedLayout kLayout = quantized_layout(format);
  static constexpr bool kHasSubMinimums = kLayout.has_minimum && kLayout.sub_scales != SubScales::none;
  static constexpr std::size_t kUnitsInBlock = static_cast<std::size_t>(kLayout.block_values) / kUnitValues;
  static constexpr std::size_t kEights = kHasSubMinimums ? static_cast<std::size_t>(kLayout.groups()) / 8 : 1;

  // Of `n_units` units from `unit` on, of the tokens from `token` on. Those past the last may hold anything.
  void load(const MatmulArgs& args, std::size_t token, std::size_t unit, std::size_t n_units) {
    for (std::size_t p = 0; p < pairs; ++p) {
      const std::size_t first = token + 2 * p;
      load_codes(args.codes + first * args.code_stride + unit * kUnitValues, args.code_stride, p, n_units);
      const std::size_t blocks = args.cols / static_cast<std::size_t>(kLayout.block_values);
      const float* scale = args.scales + first * blocks + unit / kUnitsInBlock;
      scales[0][p] = a_b(scale[0], scale[blocks]);
      for (std::size_t b = 1; b < n_units / kUnitsInBlock; ++b) scales[b][p] = a_b(scale[b], scale[blocks + b]);
      if constexpr (kHasSubMinimums) {
        const std::size_t n_sums = args.cols / static_cast<std::size_t>(kLayout.group_values);
        const std::size_t at = first * n_sums + unit * kUnitValues / static_cast<std::size_t>(kLayout.group_values);
        load_sums((kLayout.group_values == 16 ? args.sums_16 : args.sums_32) + at, n_sums, p);
      } else if constexpr (kLayout.has_minimum) {
        const std::int16_t* sum = args.sums_32 + first * blocks + unit;
        for (std::size_t b = 0; b < n_units; ++b) sums[b][p] = a_b(sum[b], sum[blocks + b]);
      }
    }
  }

  int8x16_t codes[kChunkUnits][pairs][kUnitValues / 8];
  float32x4_t scales[kChunkUnits / kUnitsInBlock][pairs];
  float32x4_t sums[kChunkUnits / kUnitsInBlock]
                  [pairs];  // of a block's activations, where it has a minimum and no groups
  // Sums of groups, eight of each token to a register, in two parts that int8 holds: 128 × high + low.
  int8x16_t high_sums[kEights][pairs];
  int8x16_t low_sums[kEights][pairs];

 private:
  void load_codes(const std::int8_t* a, std::size_t stride, std::size_t p, std::size_t n_units) {
    for (std::size_t u = 0; u < n_units; ++u, a += kUnitValues) {
#pragma GCC unroll 2
      for (std::size_t half = 0; half < 2; ++half) {
        const int64x2_t of_a = vreinterpretq_s64_s8(vld1q_s8(a + 16 * half));
        const int64x2_t of_b = vreinterpretq_s64_s8(vld1q_s8(a + stride + 16 * half));
        codes[u][p][2 * half] = vreinterpretq_s8_s64(vzip1q_s64(of_a, of_b));
        codes[u][p][2 * half + 1] = vreinterpretq_s8_s64(vzip2q_s64(of_a, of_b));
      }
    }
  }

  void load_sums(const std::int16_t* a, std::size_t stride, std::size_t p) {
    const uint8x8_t low_bits = vdup_n_u8(127);
    const auto high = [](int16x8_t sum) { return vshrn_n_s16(sum, 7); };
    const auto low = [low_bits](int16x8_t sum) {
      return vreinterpret_s8_u8(vand_u8(vreinterpret_u8_s8(vmovn_s16(sum)), low_bits));
    };
    for (std::size_t i = 0; i < kEights; ++i) {
      const int16x8_t of_a = vld1q_s16(a + 8 * i);
      const int16x8_t of_b = vld1q_s16(a + stride + 8 * i);
      high_sums[i][p] = vcombine_s8(high(of_a), high(of_b));
      low_sums[i][p] = vcombine_s8(low(of_a), low(of_b));
    }
  }

  static float32x4_t a_b(float a, float b) {
    const float32x2_t both = {a, b};
    return vcombine_f32(both, both);
  }
};

}  // namespace
}  // namespace minnow::kernels
