// Sixteen virtual lanes in two ymm registers.
#pragma once

#include <immintrin.h>

#include "kernels/lanes/lanes.hpp"

namespace minnow::kernels {
namespace {

struct Lanes {
  static constexpr int kRowTile = 3;
  static constexpr int kTokenTile = 2;
  static constexpr int kDotTile = 4;
  __m256 low;
  __m256 high;

  static Lanes all(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
  static Lanes load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
  static Lanes load(const Half* p) { return {_mm256_cvtph_ps(load_128(p)), _mm256_cvtph_ps(load_128(p + 8))}; }
  static Lanes load(const Bfloat* p) { return {widen_bfloats(load_128(p)), widen_bfloats(load_128(p + 8))}; }
  static Lanes load(const std::int8_t* p) {
    const __m128i codes = load_128(p);
    return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(codes)),
            _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_srli_si128(codes, 8)))};
  }
  void store(float* p) const {
    _mm256_storeu_ps(p, low);
    _mm256_storeu_ps(p + 8, high);
  }
  void store(Half* p) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvtps_ph(low, _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p + 8), _mm256_cvtps_ph(high, _MM_FROUND_TO_NEAREST_INT));
  }
  void store_low_bytes(std::int8_t* p) const {
    const __m256i byte = _mm256_set1_epi32(0xff);
    const __m256i words = _mm256_packus_epi32(_mm256_and_si256(_mm256_castps_si256(low), byte),
                                              _mm256_and_si256(_mm256_castps_si256(high), byte));
    const __m256i in_order = _mm256_permute4x64_epi64(words, 0xd8);  // packing works in 128-bit halves
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(in_order), _mm256_extracti128_si256(in_order, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), bytes);
  }
  // Unsigned bytes add up against zeros: each is 128 too large.
  static int sum_bytes(const std::int8_t* p) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i sums = _mm_sad_epu8(_mm_xor_si128(bytes, _mm_set1_epi8(-128)), _mm_setzero_si128());
    return _mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4) - 16 * 128;
  }

  friend Lanes operator+(Lanes a, Lanes b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
  friend Lanes operator-(Lanes a, Lanes b) { return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)}; }
  friend Lanes operator*(Lanes a, Lanes b) { return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)}; }
  friend Lanes operator/(Lanes a, Lanes b) { return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)}; }
  static Lanes fma(Lanes a, Lanes b, Lanes c) {
    return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
  }
  static Lanes greater(Lanes a, Lanes b, Lanes x, Lanes y) {
    return {_mm256_blendv_ps(y.low, x.low, _mm256_cmp_ps(a.low, b.low, _CMP_GT_OQ)),
            _mm256_blendv_ps(y.high, x.high, _mm256_cmp_ps(a.high, b.high, _CMP_GT_OQ))};
  }
  static Lanes max_bits(Lanes a, Lanes b) { return {max_bits(a.low, b.low), max_bits(a.high, b.high)}; }
  Lanes magnitude() const {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return {_mm256_andnot_ps(sign, low), _mm256_andnot_ps(sign, high)};
  }
  Lanes with_sign_of(Lanes x) const {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    const Lanes positive = magnitude();
    return {_mm256_or_ps(positive.low, _mm256_and_ps(sign, x.low)),
            _mm256_or_ps(positive.high, _mm256_and_ps(sign, x.high))};
  }
  Lanes two_to() const {
    const Lanes biased = *this + all(0x1.8p23f + 127.0f);
    return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(biased.low), 23)),
            _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(biased.high), 23))};
  }
  float sum() const {
    const __m256 eight = _mm256_add_ps(low, high);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }

  static Lanes sums(const Lanes* of) { return {eight_sums(of), eight_sums(of + 8)}; }

  // Every step folds what two registers hold into one, half of each: 8 lanes, then 4, 2 and 1 of a sum are left.
  static __m256 eight_sums(const Lanes* of) {
    const auto four = [of](int i) {  // of sums i and i + 4
      const __m256 a = _mm256_add_ps(of[i].low, of[i].high);
      const __m256 b = _mm256_add_ps(of[i + 4].low, of[i + 4].high);
      return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
    };
    const auto two = [](__m256 a, __m256 b) {
      return _mm256_add_ps(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xee));
    };
    const __m256 a = two(four(0), four(1));
    const __m256 b = two(four(2), four(3));
    return _mm256_add_ps(_mm256_shuffle_ps(a, b, 0x88), _mm256_shuffle_ps(a, b, 0xdd));
  }
  static __m128i load_128(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
  static __m256 widen_bfloats(__m128i eight) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(eight), 16));
  }
  static __m256 max_bits(__m256 a, __m256 b) {
    return _mm256_castsi256_ps(_mm256_max_epi32(_mm256_castps_si256(a), _mm256_castps_si256(b)));
  }
};

}  // namespace
}  // namespace minnow::kernels
