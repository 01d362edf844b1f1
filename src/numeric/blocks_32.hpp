// Formats of 32 values a block with one scale: Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0.
//
// d and m are half precision. With q the stored unsigned (Q8_0: signed) integer of a value:
//
//   Q4_0   value = d * (q - 8)       Q4_1   value = d * q + m
//   Q5_0   value = d * (q - 16)      Q5_1   value = d * q + m
//   Q8_0   value = d * q
//
//            byte 0    2    4         8                        24                34
//   Q4_0          | d  | 16 bytes of nibbles |                   18 bytes
//   Q4_1          | d  | m  | 16 bytes of nibbles |              20 bytes
//   Q5_0          | d  | high: 4 bytes | 16 bytes of nibbles |   22 bytes
//   Q5_1          | d  | m  | high: 4 bytes | 16 of nibbles |    24 bytes
//   Q8_0          | d  | 32 signed bytes |                       34 bytes
//
// Nibble byte i holds value i in its low half and value i + 16 in its high half. Bit i of `high`, read as a
// little-endian u32, is the fifth bit of value i.
//
// Plain structs only: kernels include this file, and nothing of the standard library may come with it.
#pragma once

#include <stdint.h>

namespace minnow::numeric {

struct BlockQ4_0 {
  static constexpr int kValues = 32;
  uint16_t d;
  uint8_t nibbles[16];
};
static_assert(sizeof(BlockQ4_0) == 18);

struct BlockQ4_1 {
  static constexpr int kValues = 32;
  uint16_t d;
  uint16_t m;
  uint8_t nibbles[16];
};
static_assert(sizeof(BlockQ4_1) == 20);

struct BlockQ5_0 {
  static constexpr int kValues = 32;
  uint16_t d;
  uint8_t high[4];
  uint8_t nibbles[16];
};
static_assert(sizeof(BlockQ5_0) == 22);

struct BlockQ5_1 {
  static constexpr int kValues = 32;
  uint16_t d;
  uint16_t m;
  uint8_t high[4];
  uint8_t nibbles[16];
};
static_assert(sizeof(BlockQ5_1) == 24);

struct BlockQ8_0 {
  static constexpr int kValues = 32;
  uint16_t d;
  int8_t values[32];
};
static_assert(sizeof(BlockQ8_0) == 34);

}  // namespace minnow::numeric
