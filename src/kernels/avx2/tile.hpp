// Eight rows a tile. vpmaddubsw multiplies unsigned codes with signed activations and adds neighbours into 16 bits,
// which holds 32767 / (2 × 127 × max_code) of its results; vpmaddwd then adds neighbours into 32 bits and, given
// the sub-scale instead of 1, multiplies by it on the way.
//
// Codes of 8 bits are signed: |code| × (activation with the code's sign) stays within 2 × 128 × 127 = 32512.
//
// Q4_K, one token: a 32-byte register of nibbles costs a load, two masks, a shift, two broadcasts, two vpmaddubsw
// and two additions; by counting, not by measurement, some 0.4 instructions a weight byte.
#pragma once

#include <immintrin.h>

#include "kernels/tiles/tiles.hpp"
#include "numeric/blocks_iq4.hpp"

namespace minnow::kernels {
namespace {

struct Tile {
  static constexpr std::size_t kRows = 8;
  static constexpr int kTokens = 8;
  static constexpr bool kShiftsBytes = false;
  static constexpr bool kSignedCodes = true;
  using Codes = __m256i;
  using Sums = __m256i;
  using Scale = __m256i;      // each row's sub-scale twice, in 16 bits
  using ScalePair = __m256i;  // both of a row side by side, in 16 bits
  using Floats = __m256;

  static Codes load(const std::uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(Codes codes, std::int8_t* p) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), codes); }
  static Codes low_bits(Codes codes, int mask) {
    return _mm256_and_si256(codes, _mm256_set1_epi8(static_cast<char>(mask)));
  }
  static Codes shift_right(Codes codes, int n) { return _mm256_srli_epi16(codes, n); }
  static Codes shift_left(Codes codes, int n) { return _mm256_slli_epi16(codes, n); }
  static Codes either(Codes a, Codes b) { return _mm256_or_si256(a, b); }
  static Codes minus(Codes codes, int byte) {
    return _mm256_sub_epi8(codes, _mm256_set1_epi8(static_cast<char>(byte)));
  }
  static Codes look_up(Codes codes) {
    const __m128i table = _mm_loadu_si128(reinterpret_cast<const __m128i*>(numeric::kIq4Table));
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), codes);
  }

  template <int max_code>
  static __m256i pair_products(Codes codes, const std::int8_t* activations) {
    int four = 0;
    __builtin_memcpy(&four, activations, sizeof four);
    const __m256i x = _mm256_set1_epi32(four);
    if constexpr (max_code < 128) return _mm256_maddubs_epi16(codes, x);
    return _mm256_maddubs_epi16(_mm256_abs_epi8(codes), _mm256_sign_epi8(x, codes));
  }
  template <int max_code, int n>
  static Sums add_scaled_dot(Sums sums, const Codes* codes, const std::int8_t* activations, Scale scale) {
    constexpr int kFit = 32767 / (2 * 127 * max_code);
    for (int first = 0; first < n; first += kFit) {
      __m256i products = pair_products<max_code>(codes[first], activations + 4 * first);
      for (int g = first + 1; g < n && g < first + kFit; ++g) {
        products = _mm256_add_epi16(products, pair_products<max_code>(codes[g], activations + 4 * g));
      }
      sums = _mm256_add_epi32(sums, _mm256_madd_epi16(products, scale));
    }
    return sums;
  }
  template <int max_code, int n>
  static Sums add_dot(Sums sums, const Codes* codes, const std::int8_t* activations) {
    return add_scaled_dot<max_code, n>(sums, codes, activations, _mm256_set1_epi16(1));
  }
  static Scale load_scale(const std::int8_t* p) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(bytes, bytes));
  }
  static ScalePair load_scale_pair(const std::int8_t* p) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(bytes, _mm_unpackhi_epi64(bytes, bytes)));
  }
  static Sums add_products(Sums sums, ScalePair pair, const std::int16_t* p) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(pair, two_of(p)));
  }
  static __m256i two_of(const std::int16_t* p) {
    int two = 0;
    __builtin_memcpy(&two, p, sizeof two);
    return _mm256_set1_epi32(two);
  }
  static Sums all(std::int32_t x) { return _mm256_set1_epi32(x); }
  static Sums subtract(Sums a, int factor, Sums b) {
    return _mm256_sub_epi32(a, _mm256_mullo_epi32(b, _mm256_set1_epi32(factor)));
  }

  static Floats no_floats() { return _mm256_setzero_ps(); }
  static Floats load_f16(const std::uint8_t* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Floats times(Floats a, float b) { return _mm256_mul_ps(a, _mm256_set1_ps(b)); }
  static Floats to_floats(Sums sums) { return _mm256_cvtepi32_ps(sums); }
  static Floats fma(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
  static void store(Floats floats, float* p, std::size_t n_rows) {
    if (n_rows == kRows) return _mm256_storeu_ps(p, floats);
    float rows[kRows];
    _mm256_storeu_ps(rows, floats);
    for (std::size_t row = 0; row < n_rows; ++row) p[row] = rows[row];
  }
};

}  // namespace
}  // namespace minnow::kernels
