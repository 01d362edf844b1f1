// What the quantized formats have in common, so that one kernel per instruction set serves them all.
//
// Every block is: a scale d (and in some formats a second one, for a minimum), integer sub-scales of groups of 16
// or 32 values, and unsigned codes of 2 to 8 bits. A value is
//
//   d * sub_scale * (code - code_offset)                                      most formats
//   d * sub_scale * (kIq4Table[code])                                         IQ4_NL, IQ4_XS
//   d * sub_scale * code - dmin * sub_minimum                                 Q2_K, Q4_K, Q5_K
//   d * code + m                                                              Q4_1, Q5_1
//
// and formats without sub-scales have one of 1. Plain constants only: kernels include this file.
#pragma once

#include "numeric/format.hpp"

namespace minnow::kernels {

enum class SubScales {
  none,
  nibble_pairs,  // 16 bytes: scale in the low half, minimum in the high half
  six_bit,       // 16 numbers of 6 bits in 12 bytes: 8 scales and 8 minimums, or 16 scales
  bytes,         // signed bytes
};

struct QuantizedLayout {
  int block_values;
  int group_values;
  int code_bits;
  int code_offset;
  SubScales sub_scales;
  int sub_scale_offset;  // stored sub-scale minus the real one
  bool has_minimum;
  bool is_table;  // codes are indices into kIq4Table; code_offset is then what makes the table unsigned

  constexpr int groups() const { return block_values / group_values; }
  constexpr int max_code() const { return code_offset == 128 ? 128 : (1 << code_bits) - 1; }
};

constexpr QuantizedLayout quantized_layout(numeric::Format format) {
  using enum numeric::Format;
  switch (format) {
    case q4_0:
      return {32, 32, 4, 8, SubScales::none, 0, false, false};
    case q4_1:
      return {32, 32, 4, 0, SubScales::none, 0, true, false};
    case q5_0:
      return {32, 32, 5, 16, SubScales::none, 0, false, false};
    case q5_1:
      return {32, 32, 5, 0, SubScales::none, 0, true, false};
    case q8_0:
      return {32, 32, 8, 128, SubScales::none, 0, false, false};
    case q2_k:
      return {256, 16, 2, 0, SubScales::nibble_pairs, 0, true, false};
    case q3_k:
      return {256, 16, 3, 4, SubScales::six_bit, 32, false, false};
    case q4_k:
      return {256, 32, 4, 0, SubScales::six_bit, 0, true, false};
    case q5_k:
      return {256, 32, 5, 0, SubScales::six_bit, 0, true, false};
    case q6_k:
      return {256, 16, 6, 32, SubScales::bytes, 0, false, false};
    case iq4_nl:
      return {32, 32, 4, 128, SubScales::none, 0, false, true};
    case iq4_xs:
      return {256, 32, 4, 128, SubScales::bytes, 0, false, true};
    case f32:
    case f16:
    case bf16:
      break;
  }
  return {};
}

// The packed layout. `R` rows are interleaved into a tile; a tile is the headers of all its blocks, padded to a
// cache line, then the codes of all its blocks:
//
//   header of a block    d [R] f16 | dmin or m [R] f16, where the format has one | sub-scale byte 0 [R] | byte 1 [R] …
//   codes of a block     for every 32 values, code_bits "registers" of 4R bytes
//
// Byte 4r + i of a register belongs to row r. A plane of 4-bit codes is 4 registers, of 2-bit codes 2, of single
// bits 1; value 4g + i of the 32 has its bits
//
//   nibbles   register g / 2, at bit 4 * (g % 2)          codes of 3, 5 and 6 bits are two planes: the low 2, 4 or 4
//   pairs     register g / 4, at bit 2 * (g % 4)          bits, then the high 1, 1 or 2. Codes of 8 bits are
//   bits      register 0,     at bit g                    8 registers, one for each g.
//
// so that a register, shifted and masked, meets 4 consecutive activations, broadcast to every row.
// A six_bit header holds its 16 numbers n as bytes n[j] | (n[12 + j % 4] >> 2 * (j / 4) & 3) << 6 for j = 0…11.
// Packs on disk hold this layout: whoever changes it raises the version, so that they are made anew.
inline constexpr int kPackedLayoutVersion = 1;
inline constexpr std::size_t kPackedAlignment = 64;

constexpr std::size_t sub_scale_bytes(const QuantizedLayout& layout) {
  switch (layout.sub_scales) {
    case SubScales::none:
      return 0;
    case SubScales::nibble_pairs:
      return 16;
    case SubScales::six_bit:
      return 12;
    case SubScales::bytes:
      return static_cast<std::size_t>(layout.groups());
  }
  return 0;
}
constexpr std::size_t header_bytes(const QuantizedLayout& layout, std::size_t row_tile) {
  return row_tile * (2 + (layout.has_minimum ? 2 : 0) + sub_scale_bytes(layout));
}
constexpr std::size_t code_bytes(const QuantizedLayout& layout, std::size_t row_tile) {
  return row_tile * static_cast<std::size_t>(layout.block_values * layout.code_bits / 8);
}
constexpr std::size_t all_header_bytes(const QuantizedLayout& layout, std::size_t row_tile, std::size_t n_blocks) {
  return (header_bytes(layout, row_tile) * n_blocks + kPackedAlignment - 1) / kPackedAlignment * kPackedAlignment;
}
constexpr std::size_t tile_bytes(const QuantizedLayout& layout, std::size_t row_tile, std::size_t n_blocks) {
  return all_header_bytes(layout, row_tile, n_blocks) + code_bytes(layout, row_tile) * n_blocks;
}

}  // namespace minnow::kernels
