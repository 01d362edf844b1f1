// Four-bit indices into a fixed table of 16 unevenly spaced values, denser near zero as weights are.
//
//   IQ4_NL   32 values a block     value = d * kIq4Table[index]
//   IQ4_XS  256 in 8 groups of 32  value = (d * (s - 32)) * kIq4Table[index], s 6 bits
//
//   IQ4_NL  18 bytes   | d 2 | nibbles 16 |
//   IQ4_XS 136 bytes   | d 2 | scales_high 2 | scales_low 4 | nibbles 128 |
//
// In every 32 values, byte i holds value i in its low half and value i + 16 in its high half.
//
// Plain structs only: kernels include this file, and nothing of the standard library may come with it.
#pragma once

#include <stdint.h>

namespace minnow::numeric {

constexpr int8_t kIq4Table[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

struct BlockIQ4NL {
  static constexpr int kValues = 32;
  uint16_t d;
  uint8_t nibbles[16];
};
static_assert(sizeof(BlockIQ4NL) == 18);

struct BlockIQ4XS {
  static constexpr int kValues = 256;
  uint16_t d;
  uint16_t scales_high;
  uint8_t scales_low[4];
  uint8_t nibbles[128];
};
static_assert(sizeof(BlockIQ4XS) == 136);

// Group j's scale, -32…31: its low four bits are half j % 2 of scales_low[j / 2], its top two are at bit 2 * j
// of scales_high.
[[gnu::always_inline]] inline int iq4_xs_scale(const BlockIQ4XS& block, int j) noexcept {
  const int low = (block.scales_low[j / 2] >> (4 * (j % 2))) & 15;
  const int high = (block.scales_high >> (2 * j)) & 3;
  return (low | (high << 4)) - 32;
}

// The inverse, on a block whose scales are still zero bits.
[[gnu::always_inline]] inline void set_iq4_xs_scale(BlockIQ4XS& block, int j, int scale) noexcept {
  const int stored = scale + 32;
  block.scales_low[j / 2] = static_cast<uint8_t>(block.scales_low[j / 2] | ((stored & 15) << (4 * (j % 2))));
  block.scales_high = static_cast<uint16_t>(block.scales_high | ((stored >> 4) << (2 * j)));
}

}  // namespace minnow::numeric
