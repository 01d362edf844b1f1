// A 16 × 16 matrix of 32-bit numbers in 16 registers, turned.
#pragma once

#include <immintrin.h>

namespace minnow::kernels {
namespace {

// rows[r] lane k becomes rows[k] lane r.
inline void transpose(__m512i (&rows)[16]) {
  __m512i t[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {  // columns 4q + j of four rows, in quarter q of rows[i + j]
    rows[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    rows[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    rows[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    rows[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) {  // the same of eight rows, two quarters at a time
    t[j] = _mm512_shuffle_i32x4(rows[j], rows[j + 4], 0x88);
    t[j + 4] = _mm512_shuffle_i32x4(rows[j], rows[j + 4], 0xdd);
    t[j + 8] = _mm512_shuffle_i32x4(rows[j + 8], rows[j + 12], 0x88);
    t[j + 12] = _mm512_shuffle_i32x4(rows[j + 8], rows[j + 12], 0xdd);
  }
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) {
    rows[j] = _mm512_shuffle_i32x4(t[j], t[j + 8], 0x88);
    rows[j + 8] = _mm512_shuffle_i32x4(t[j], t[j + 8], 0xdd);
    rows[j + 4] = _mm512_shuffle_i32x4(t[j + 4], t[j + 12], 0x88);
    rows[j + 12] = _mm512_shuffle_i32x4(t[j + 4], t[j + 12], 0xdd);
  }
}

}  // namespace
}  // namespace minnow::kernels
