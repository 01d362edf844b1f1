// Sixteen virtual lanes in one zmm register.
#pragma once

#include <immintrin.h>

#include "kernels/lanes/lanes.hpp"

namespace minnow::kernels {
namespace {

struct Lanes {
  static constexpr int kRowTile = 4;
  static constexpr int kTokenTile = 6;
  static constexpr int kDotTile = 16;
  __m512 v;

  static Lanes all(float x) { return {_mm512_set1_ps(x)}; }
  static Lanes load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static Lanes load(const Half* p) { return {_mm512_cvtph_ps(load_256(p))}; }
  static Lanes load(const Bfloat* p) {
    return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(load_256(p)), 16))};
  }
  static Lanes load(const std::int8_t* p) {
    return {_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))))};
  }
  void store(float* p) const { _mm512_storeu_ps(p, v); }
  void store(Half* p) const {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
  }
  void store_low_bytes(std::int8_t* p) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(bits()));
  }
  // Unsigned bytes add up against zeros: each is 128 too large.
  static int sum_bytes(const std::int8_t* p) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i sums = _mm_sad_epu8(_mm_xor_si128(bytes, _mm_set1_epi8(-128)), _mm_setzero_si128());
    return _mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4) - 16 * 128;
  }

  friend Lanes operator+(Lanes a, Lanes b) { return {_mm512_add_ps(a.v, b.v)}; }
  friend Lanes operator-(Lanes a, Lanes b) { return {_mm512_sub_ps(a.v, b.v)}; }
  friend Lanes operator*(Lanes a, Lanes b) { return {_mm512_mul_ps(a.v, b.v)}; }
  friend Lanes operator/(Lanes a, Lanes b) { return {_mm512_div_ps(a.v, b.v)}; }
  static Lanes fma(Lanes a, Lanes b, Lanes c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
  static Lanes greater(Lanes a, Lanes b, Lanes x, Lanes y) {
    return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ), y.v, x.v)};
  }
  static Lanes max_bits(Lanes a, Lanes b) { return {_mm512_castsi512_ps(_mm512_max_epi32(a.bits(), b.bits()))}; }
  Lanes magnitude() const { return {_mm512_abs_ps(v)}; }
  Lanes with_sign_of(Lanes x) const {
    const __m512 sign = _mm512_set1_ps(-0.0f);
    return {_mm512_or_ps(_mm512_andnot_ps(sign, v), _mm512_and_ps(sign, x.v))};
  }
  Lanes two_to() const {
    const Lanes biased = *this + all(0x1.8p23f + 127.0f);
    return {_mm512_castsi512_ps(_mm512_slli_epi32(biased.bits(), 23))};
  }
  float sum() const {
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }

  // Every step folds what two registers hold into one, half of each: 8 lanes, then 4, 2 and 1 of a sum are left.
  static Lanes sums(const Lanes* of) {
    const auto eight = [of](int i) {  // of sums i and i + 4
      const __m512 a = of[i].v;
      const __m512 b = of[i + 4].v;
      return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
    };
    const auto four = [&](int i) {  // of sums i, i + 4, i + 8 and i + 12
      const __m512 a = eight(i);
      const __m512 b = eight(i + 8);
      return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
    };
    const auto two = [](__m512 a, __m512 b) {
      return _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xee));
    };
    const __m512 a = two(four(0), four(1));
    const __m512 b = two(four(2), four(3));
    return {_mm512_add_ps(_mm512_shuffle_ps(a, b, 0x88), _mm512_shuffle_ps(a, b, 0xdd))};
  }

  __m512i bits() const { return _mm512_castps_si512(v); }
  static __m256i load_256(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
};

}  // namespace
}  // namespace minnow::kernels
