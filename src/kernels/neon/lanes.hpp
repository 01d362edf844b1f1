// Sixteen virtual lanes in four NEON registers.
#pragma once

#include <arm_neon.h>

#include "kernels/lanes/lanes.hpp"

namespace minnow::kernels {
namespace {

struct Lanes {
  static constexpr int kRowTile = 2;
  static constexpr int kTokenTile = 2;
  static constexpr int kDotTile = 4;
  float32x4_t v[4];

  template <class Function>
  static Lanes make(Function function) {
    return {{function(0), function(1), function(2), function(3)}};
  }

  static Lanes all(float x) {
    return make([x](int) { return vdupq_n_f32(x); });
  }
  static Lanes load(const float* p) {
    return make([p](int i) { return vld1q_f32(p + 4 * i); });
  }
  static Lanes load(const Half* p) {
    return make([p](int i) { return vcvt_f32_f16(vreinterpret_f16_u16(load_four(p + 4 * i))); });
  }
  static Lanes load(const Bfloat* p) {
    return make([p](int i) { return vreinterpretq_f32_u32(vshll_n_u16(load_four(p + 4 * i), 16)); });
  }
  static Lanes load(const std::int8_t* p) {
    const int8x16_t codes = vld1q_s8(p);
    const int16x8_t low = vmovl_s8(vget_low_s8(codes));
    const int16x8_t high = vmovl_s8(vget_high_s8(codes));
    return {{vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(low))),
             vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(high)))}};
  }
  void store(float* p) const {
    for (int i = 0; i < 4; ++i) vst1q_f32(p + 4 * i, v[i]);
  }
  void store(Half* p) const {
    for (int i = 0; i < 4; ++i) {
      const uint16x4_t four = vreinterpret_u16_f16(vcvt_f16_f32(v[i]));
      __builtin_memcpy(p + 4 * i, &four, sizeof four);
    }
  }
  void store_low_bytes(std::int8_t* p) const {
    const uint16x8_t first = vcombine_u16(vmovn_u32(bits(0)), vmovn_u32(bits(1)));
    const uint16x8_t second = vcombine_u16(vmovn_u32(bits(2)), vmovn_u32(bits(3)));
    vst1q_s8(p, vreinterpretq_s8_u8(vcombine_u8(vmovn_u16(first), vmovn_u16(second))));
  }
  static int sum_bytes(const std::int8_t* p) { return vaddlvq_s8(vld1q_s8(p)); }

  friend Lanes operator+(Lanes a, Lanes b) {
    return make([&](int i) { return vaddq_f32(a.v[i], b.v[i]); });
  }
  friend Lanes operator-(Lanes a, Lanes b) {
    return make([&](int i) { return vsubq_f32(a.v[i], b.v[i]); });
  }
  friend Lanes operator*(Lanes a, Lanes b) {
    return make([&](int i) { return vmulq_f32(a.v[i], b.v[i]); });
  }
  friend Lanes operator/(Lanes a, Lanes b) {
    return make([&](int i) { return vdivq_f32(a.v[i], b.v[i]); });
  }
  static Lanes fma(Lanes a, Lanes b, Lanes c) {
    return make([&](int i) { return vfmaq_f32(c.v[i], a.v[i], b.v[i]); });
  }
  static Lanes greater(Lanes a, Lanes b, Lanes x, Lanes y) {
    return make([&](int i) { return vbslq_f32(vcgtq_f32(a.v[i], b.v[i]), x.v[i], y.v[i]); });
  }
  static Lanes max_bits(Lanes a, Lanes b) {
    return make([&](int i) { return vreinterpretq_f32_u32(vmaxq_u32(a.bits(i), b.bits(i))); });
  }
  Lanes magnitude() const {
    return make([this](int i) { return vabsq_f32(v[i]); });
  }
  Lanes with_sign_of(Lanes x) const {
    return make([&](int i) { return vbslq_f32(vdupq_n_u32(0x80000000u), x.v[i], v[i]); });
  }
  Lanes two_to() const {
    const Lanes biased = *this + all(0x1.8p23f + 127.0f);
    return make([&](int i) { return vreinterpretq_f32_u32(vshlq_n_u32(biased.bits(i), 23)); });
  }
  float sum() const {
    const float32x4_t four = vaddq_f32(vaddq_f32(v[0], v[2]), vaddq_f32(v[1], v[3]));
    const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
  }
  static Lanes sums(const Lanes* of) {
    const auto four = [of](int i) {
      return vaddq_f32(vaddq_f32(of[i].v[0], of[i].v[2]), vaddq_f32(of[i].v[1], of[i].v[3]));
    };
    // Of two registers of four: lanes 0 + 2 and 1 + 3 of each.
    const auto two = [](float32x4_t a, float32x4_t b) {
      return vaddq_f32(vcombine_f32(vget_low_f32(a), vget_low_f32(b)),
                       vcombine_f32(vget_high_f32(a), vget_high_f32(b)));
    };
    return make(
        [&](int i) { return vpaddq_f32(two(four(4 * i), four(4 * i + 1)), two(four(4 * i + 2), four(4 * i + 3))); });
  }

  uint32x4_t bits(int i) const { return vreinterpretq_u32_f32(v[i]); }
  static uint16x4_t load_four(const void* p) {
    uint16x4_t four;
    __builtin_memcpy(&four, p, sizeof four);
    return four;
  }
};

}  // namespace
}  // namespace minnow::kernels
