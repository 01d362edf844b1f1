// Four rows a tile. sdot multiplies four signed codes of each row with four activations, one of four fours in a
// register, and adds them to the row's sum; codes below 128 are signed already.
//
// Q4_K, one token: a 16-byte register of nibbles costs a load, a mask, a shift, half a load of activations and two
// sdot; with sub-scales and the block's end 0.58 instructions a weight byte, counted under qemu (docs/performance.md).
#pragma once

#include <arm_neon.h>

#include "kernels/tiles/tiles.hpp"
#include "numeric/blocks_iq4.hpp"

namespace minnow::kernels {
namespace {

struct Tile {
  static constexpr std::size_t kRows = 4;
  static constexpr int kTokens = 4;
  static constexpr bool kShiftsBytes = true;
  static constexpr bool kSignedCodes = true;
  using Codes = uint8x16_t;
  using Sums = int32x4_t;
  using Scale = int32x4_t;
  using ScalePair = int16x8_t;
  using Floats = float32x4_t;

  static Codes load(const std::uint8_t* p) { return vld1q_u8(p); }
  static void store(Codes codes, std::int8_t* p) { vst1q_s8(p, vreinterpretq_s8_u8(codes)); }
  static Codes low_bits(Codes codes, int mask) { return vandq_u8(codes, vdupq_n_u8(static_cast<std::uint8_t>(mask))); }
  static Codes shift_right(Codes codes, int n) { return vshlq_u8(codes, vdupq_n_s8(static_cast<std::int8_t>(-n))); }
  static Codes shift_left(Codes codes, int n) { return vshlq_u8(codes, vdupq_n_s8(static_cast<std::int8_t>(n))); }
  static Codes either(Codes a, Codes b) { return vorrq_u8(a, b); }
  static Codes minus(Codes codes, int byte) { return vsubq_u8(codes, vdupq_n_u8(static_cast<std::uint8_t>(byte))); }
  static Codes look_up(Codes codes) { return vreinterpretq_u8_s8(vqtbl1q_s8(vld1q_s8(numeric::kIq4Table), codes)); }

  template <int max_code, int n>
  static Sums add_dot(Sums sums, const Codes* codes, const std::int8_t* activations) {
    static_assert(n % 4 == 0, "16 activations a load");
#pragma GCC unroll 2
    for (int g = 0; g < n; g += 4) {
      const int8x16_t x = vld1q_s8(activations + 4 * g);
      sums = vdotq_laneq_s32(sums, vreinterpretq_s8_u8(codes[g]), x, 0);
      sums = vdotq_laneq_s32(sums, vreinterpretq_s8_u8(codes[g + 1]), x, 1);
      sums = vdotq_laneq_s32(sums, vreinterpretq_s8_u8(codes[g + 2]), x, 2);
      sums = vdotq_laneq_s32(sums, vreinterpretq_s8_u8(codes[g + 3]), x, 3);
    }
    return sums;
  }
  template <int max_code, int n>
  static Sums add_scaled_dot(Sums sums, const Codes* codes, const std::int8_t* activations, Scale scale) {
    return vmlaq_s32(sums, add_dot<max_code, n>(vdupq_n_s32(0), codes, activations), scale);
  }
  static Scale load_scale(const std::int8_t* p) {
    std::int32_t four = 0;
    __builtin_memcpy(&four, p, sizeof four);
    return vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(four)))));
  }
  static ScalePair load_scale_pair(const std::int8_t* p) { return vmovl_s8(vld1_s8(p)); }
  static Sums add_products(Sums sums, ScalePair pair, const std::int16_t* p) {
    std::int32_t bits = 0;
    __builtin_memcpy(&bits, p, sizeof bits);
    const int16x4_t two = vreinterpret_s16_s32(vdup_n_s32(bits));
    return vmlal_high_lane_s16(vmlal_lane_s16(sums, vget_low_s16(pair), two, 0), pair, two, 1);
  }
  static Sums all(std::int32_t x) { return vdupq_n_s32(x); }
  static Sums subtract(Sums a, int factor, Sums b) { return vmlsq_n_s32(a, b, factor); }

  static Floats no_floats() { return vdupq_n_f32(0.0f); }
  static Floats load_f16(const std::uint8_t* p) {
    uint16x4_t four;
    __builtin_memcpy(&four, p, sizeof four);
    return vcvt_f32_f16(vreinterpret_f16_u16(four));
  }
  static Floats times(Floats a, float b) { return vmulq_n_f32(a, b); }
  static Floats to_floats(Sums sums) { return vcvtq_f32_s32(sums); }
  static Floats fma(Floats a, Floats b, Floats c) { return vfmaq_f32(c, a, b); }
  static void store(Floats floats, float* p, std::size_t n_rows) {
    if (n_rows == kRows) return vst1q_f32(p, floats);
    float rows[kRows];
    vst1q_f32(rows, floats);
    for (std::size_t row = 0; row < n_rows; ++row) p[row] = rows[row];
  }
};

}  // namespace
}  // namespace minnow::kernels
