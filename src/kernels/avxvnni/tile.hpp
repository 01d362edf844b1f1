// The tile of AVX2, eight rows in the same layout, with vpdpbusd instead of vpmaddubsw and vpmaddwd: four unsigned
// codes of each row times four activations, added to the row's 32-bit sum. It is the 256-bit form of machines without
// AVX-512.
//
// Q4_K, one token: a 32-byte register of nibbles costs a load, two masks, a shift, two broadcasts and two vpdpbusd.
#pragma once

#include "kernels/avx2/tile.hpp"

namespace minnow::kernels {
namespace {

struct VnniTile : Tile {
  static constexpr bool kSignedCodes = false;
  using Scale = __m256i;  // each row's sub-scale in 32 bits

  static Codes look_up(Codes codes) { return _mm256_xor_si256(Tile::look_up(codes), _mm256_set1_epi8(-128)); }

  template <int max_code, int n>
  static Sums add_dot(Sums sums, const Codes* codes, const std::int8_t* activations) {
#pragma GCC unroll 8
    for (int g = 0; g < n; ++g) {
      int four = 0;
      __builtin_memcpy(&four, activations + 4 * g, sizeof four);
      sums = _mm256_dpbusd_avx_epi32(sums, codes[g], _mm256_set1_epi32(four));
    }
    return sums;
  }
  // Where 16 products fit in 16 bits vpdpwssd multiplies and adds in one instruction: zeros above the scale make
  // nothing of the sum's high half, its sign.
  template <int max_code, int n>
  static Sums add_scaled_dot(Sums sums, const Codes* codes, const std::int8_t* activations, Scale scale) {
    const __m256i none = _mm256_setzero_si256();
    if constexpr (max_code <= 15) {
      const __m256i low_half = _mm256_blend_epi16(scale, none, 0xaa);
#pragma GCC unroll 2
      for (int first = 0; first < n; first += 4) {
        const Sums dot = add_dot<max_code, 4>(none, codes + first, activations + 4 * first);
        sums = _mm256_dpwssd_avx_epi32(sums, dot, low_half);
      }
      return sums;
    }
    return _mm256_add_epi32(sums, _mm256_mullo_epi32(add_dot<max_code, n>(none, codes, activations), scale));
  }
  static Scale load_scale(const std::int8_t* p) {
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
  }
  static Sums add_products(Sums sums, ScalePair pair, const std::int16_t* p) {
    return _mm256_dpwssd_avx_epi32(sums, pair, two_of(p));
  }
};

}  // namespace
}  // namespace minnow::kernels
