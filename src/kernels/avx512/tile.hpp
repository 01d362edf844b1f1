// Sixteen rows a tile. vpdpbusd multiplies four unsigned codes of each row with four broadcast activations and
// adds them to the row's sum.
//
// Q4_K, one token: a 64-byte register of nibbles costs a load, two masks, a shift and two vpdpbusd; with
// sub-scales and the block's end by counting, not by measurement, some 0.1 instructions a weight byte.
#pragma once

#include <immintrin.h>

#include "kernels/tiles/tiles.hpp"
#include "numeric/blocks_iq4.hpp"

namespace minnow::kernels {
namespace {

struct Tile {
  static constexpr std::size_t kRows = 16;
  static constexpr int kTokens = 8;
  static constexpr bool kShiftsBytes = false;
  static constexpr bool kSignedCodes = false;
  using Codes = __m512i;
  using Sums = __m512i;
  using Scale = __m512i;
  using ScalePair = __m512i;  // both of a row side by side, in 16 bits
  using Floats = __m512;

  static Codes load(const std::uint8_t* p) { return _mm512_loadu_si512(p); }
  static void store(Codes codes, std::int8_t* p) { _mm512_storeu_si512(p, codes); }
  static Codes low_bits(Codes codes, int mask) {
    return _mm512_and_si512(codes, _mm512_set1_epi8(static_cast<char>(mask)));
  }
  static Codes shift_right(Codes codes, int n) { return _mm512_srli_epi16(codes, static_cast<unsigned>(n)); }
  static Codes shift_left(Codes codes, int n) { return _mm512_slli_epi16(codes, static_cast<unsigned>(n)); }
  static Codes either(Codes a, Codes b) { return _mm512_or_si512(a, b); }
  static Codes minus(Codes codes, int byte) {
    return _mm512_sub_epi8(codes, _mm512_set1_epi8(static_cast<char>(byte)));
  }
  static Codes look_up(Codes codes) {
    const __m128i table = _mm_loadu_si128(reinterpret_cast<const __m128i*>(numeric::kIq4Table));
    const __m128i unsigned_table = _mm_xor_si128(table, _mm_set1_epi8(static_cast<char>(0x80)));
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(unsigned_table), codes);
  }

  static __m512i four_activations(const std::int8_t* p) {
    int four = 0;
    __builtin_memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
  }
  template <int max_code, int n>
  static Sums add_dot(Sums sums, const Codes* codes, const std::int8_t* activations) {
#pragma GCC unroll 8
    for (int g = 0; g < n; ++g) sums = _mm512_dpbusd_epi32(sums, codes[g], four_activations(activations + 4 * g));
    return sums;
  }
  // Where 16 products fit in 16 bits and no scale is negative, vpdpwssd multiplies and adds in one instruction; the
  // high halves, a negative dot's sign and the scale's 0, multiply to nothing.
  template <int max_code, int n>
  static Sums add_scaled_dot(Sums sums, const Codes* codes, const std::int8_t* activations, Scale scale) {
    const __m512i none = _mm512_setzero_si512();
    if constexpr (max_code == 3 || max_code == 15) {
#pragma GCC unroll 2
      for (int first = 0; first < n; first += 4) {
        const Sums dot = add_dot<max_code, 4>(none, codes + first, activations + 4 * first);
        sums = _mm512_dpwssd_epi32(sums, dot, scale);
      }
      return sums;
    }
    return _mm512_add_epi32(sums, _mm512_mullo_epi32(add_dot<max_code, n>(none, codes, activations), scale));
  }
  static Scale load_scale(const std::int8_t* p) {
    return _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static ScalePair load_scale_pair(const std::int8_t* p) {
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + kRows));
    return _mm512_cvtepi8_epi16(_mm256_set_m128i(_mm_unpackhi_epi8(first, second), _mm_unpacklo_epi8(first, second)));
  }
  static Sums add_products(Sums sums, ScalePair pair, const std::int16_t* p) {
    int two = 0;
    __builtin_memcpy(&two, p, sizeof two);
    return _mm512_dpwssd_epi32(sums, pair, _mm512_set1_epi32(two));
  }
  static Sums all(std::int32_t x) { return _mm512_set1_epi32(x); }
  static Sums subtract(Sums a, int factor, Sums b) {
    return _mm512_sub_epi32(a, _mm512_mullo_epi32(b, _mm512_set1_epi32(factor)));
  }

  static Floats no_floats() { return _mm512_setzero_ps(); }
  static Floats load_f16(const std::uint8_t* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static Floats times(Floats a, float b) { return _mm512_mul_ps(a, _mm512_set1_ps(b)); }
  static Floats to_floats(Sums sums) { return _mm512_cvtepi32_ps(sums); }
  static Floats fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
  static void store(Floats floats, float* p, std::size_t n_rows) {
    _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n_rows) - 1), floats);
  }
};

}  // namespace
}  // namespace minnow::kernels
