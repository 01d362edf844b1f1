// The K family: 256 values a block, cut into groups of 16 or 32 that have small integer scales of their own.
// d and dmin are half precision; s and m are a group's integer scale and minimum; q is a value's integer.
//
//   Q2_K   16 groups of 16   value = (d * s) * q - (dmin * m)    q 0…3,  s and m 4 bits
//   Q3_K   16 groups of 16   value = (d * (s - 32)) * q          q -4…3, s 6 bits
//   Q4_K    8 groups of 32   value = (d * s) * q - (dmin * m)    q 0…15, s and m 6 bits
//   Q5_K    8 groups of 32   value = (d * s) * q - (dmin * m)    q 0…31, s and m 6 bits
//   Q6_K   16 groups of 16   value = (d * s) * q                 q -32…31, s a signed byte
//
//   Q2_K  84 bytes   | scales 16 | pairs 64 | d 2 | dmin 2 |
//   Q3_K 110 bytes   | high 32 | pairs 64 | scales 12 | d 2 |
//   Q4_K 144 bytes   | d 2 | dmin 2 | scales 12 | nibbles 128 |
//   Q5_K 176 bytes   | d 2 | dmin 2 | scales 12 | high 32 | nibbles 128 |
//   Q6_K 210 bytes   | low 128 | high 64 | scales 16 | d 2 |
//
// Where the bits of value v are:
//
//   pairs    byte 32 * (v / 128) + v % 32, bits 2 * (v / 32 % 4) and up: four values 32 apart share a byte
//   nibbles  byte 32 * (v / 64) + v % 32, low half for v / 32 even, high half for odd: values 32 apart
//   Q3_K     q = pair - 4 + 4 * bit (v / 32) of high[v % 32]: a set bit means q is not negative
//   Q5_K     q = nibble + 16 * bit (v / 32) of high[v % 32]
//   Q6_K     q = low + 16 * high - 32, where with half = v / 128 and lane = v % 128
//              low   byte 64 * half + lane % 64, its low half for lane < 64 and its high half above
//              high  byte 32 * half + lane % 32, bits 2 * (lane / 32) and up
//
// Q2_K's scale byte holds s in its low half and m in its high half. The 6-bit scales are read below.
//
// Plain structs only: kernels include this file, and nothing of the standard library may come with it.
#pragma once

#include <stdint.h>

namespace minnow::numeric {

struct BlockQ2K {
  static constexpr int kValues = 256;
  uint8_t scales[16];
  uint8_t pairs[64];
  uint16_t d;
  uint16_t dmin;
};
static_assert(sizeof(BlockQ2K) == 84);

struct BlockQ3K {
  static constexpr int kValues = 256;
  uint8_t high[32];
  uint8_t pairs[64];
  uint8_t scales[12];
  uint16_t d;
};
static_assert(sizeof(BlockQ3K) == 110);

struct BlockQ4K {
  static constexpr int kValues = 256;
  uint16_t d;
  uint16_t dmin;
  uint8_t scales[12];
  uint8_t nibbles[128];
};
static_assert(sizeof(BlockQ4K) == 144);

struct BlockQ5K {
  static constexpr int kValues = 256;
  uint16_t d;
  uint16_t dmin;
  uint8_t scales[12];
  uint8_t high[32];
  uint8_t nibbles[128];
};
static_assert(sizeof(BlockQ5K) == 176);

struct BlockQ6K {
  static constexpr int kValues = 256;
  uint8_t low[128];
  uint8_t high[64];
  int8_t scales[16];
  uint16_t d;
};
static_assert(sizeof(BlockQ6K) == 210);

// Eight 6-bit scales and eight 6-bit minimums in the 12 bytes of Q4_K and Q5_K, for j = 0…3:
//
//   byte j       bits 0-5 scale j,         bits 6-7 the top two bits of scale j + 4
//   byte j + 4   bits 0-5 minimum j,       bits 6-7 the top two bits of minimum j + 4
//   byte j + 8   bits 0-3 scale j + 4's low four bits, bits 4-7 minimum j + 4's
[[gnu::always_inline]] inline void unpack_scales_and_minimums(const uint8_t packed[12], uint8_t scales[8],
                                                              uint8_t minimums[8]) noexcept {
  for (int j = 0; j < 4; ++j) {
    scales[j] = packed[j] & 63;
    minimums[j] = packed[j + 4] & 63;
    scales[j + 4] = static_cast<uint8_t>((packed[j + 8] & 15) | (packed[j] >> 6 << 4));
    minimums[j + 4] = static_cast<uint8_t>((packed[j + 8] >> 4) | (packed[j + 4] >> 6 << 4));
  }
}

[[gnu::always_inline]] inline void pack_scales_and_minimums(const uint8_t scales[8], const uint8_t minimums[8],
                                                            uint8_t packed[12]) noexcept {
  for (int j = 0; j < 4; ++j) {
    packed[j] = static_cast<uint8_t>(scales[j] | (scales[j + 4] >> 4 << 6));
    packed[j + 4] = static_cast<uint8_t>(minimums[j] | (minimums[j + 4] >> 4 << 6));
    packed[j + 8] = static_cast<uint8_t>((scales[j + 4] & 15) | ((minimums[j + 4] & 15) << 4));
  }
}

// Sixteen 6-bit scales in the 12 bytes of Q3_K; what comes out is already s - 32, so -32…31.
// Scale j's low four bits are in byte j % 8 (its low half for j < 8, its high half above), its top two bits in
// byte 8 + j % 4 at bit 2 * (j / 4).
[[gnu::always_inline]] inline void unpack_q3_k_scales(const uint8_t packed[12], int8_t scales[16]) noexcept {
  for (int j = 0; j < 16; ++j) {
    const int low = j < 8 ? packed[j] & 15 : packed[j - 8] >> 4;
    const int high = (packed[8 + j % 4] >> (2 * (j / 4))) & 3;
    scales[j] = static_cast<int8_t>((low | (high << 4)) - 32);
  }
}

// The inverse: each scale is -32…31.
[[gnu::always_inline]] inline void pack_q3_k_scales(const int8_t scales[16], uint8_t packed[12]) noexcept {
  for (int j = 0; j < 12; ++j) packed[j] = 0;
  for (int j = 0; j < 16; ++j) {
    const int scale = scales[j] + 32;
    packed[j % 8] = static_cast<uint8_t>(packed[j % 8] | ((scale & 15) << (j < 8 ? 0 : 4)));
    packed[8 + j % 4] = static_cast<uint8_t>(packed[8 + j % 4] | ((scale >> 4) << (2 * (j / 4))));
  }
}

}  // namespace minnow::numeric
