// Blocks of 256 values as planes of bytes for the matrix unit: weight integers times their sub-scales, split where the
// product doesn't fit a byte, so that a whole block is one sum of byte products (a: an activation code):
//
//   Q4_K Q5_K     code × (s >> 3), code × (s & 7)         S = 8 × Σ first × a + Σ second × a      both unsigned
//   Q6_K IQ4_XS   (integer × s) >> 8, (integer × s) & 255  S = 256 × Σ first × a + Σ second × a    signed, unsigned
//   Q3_K          (4 - code) × s                           S = -Σ first × a           -128 … 124: the other sign has
//   128 Q2_K          code × s, sub-minimum                    S = Σ first × a, M = Σ second × a
//
// For Q4_K and Q5_K, M is a sum over groups and left to the vector unit.
#pragma once

#include <immintrin.h>

#include "kernels/amx/tile_unit.hpp"
#include "kernels/avx512/tile.hpp"
#include "kernels/tiles/unpack.hpp"

namespace minnow::kernels {
namespace {

enum class Split {
  three_bits,  // of the sub-scale
  one_byte,    // of the product
  none,
  minimums,
};

constexpr Split split_of(numeric::Format format) {
  using enum numeric::Format;
  if (format == q4_k || format == q5_k) return Split::three_bits;
  if (format == q6_k || format == iq4_xs) return Split::one_byte;
  return format == q3_k ? Split::none : Split::minimums;
}

// One block of a tile of rows.
template <numeric::Format format>
struct BlockPlanes {
  static constexpr Split kSplit = split_of(format);
  static constexpr int kPlanes = kSplit == Split::none ? 1 : 2;
  static constexpr bool kSigned[2] = {kSplit == Split::one_byte || kSplit == Split::none, false};
  static constexpr bool kVectorMinimums = kSplit == Split::three_bits;

  TileBytes planes[kPlanes][4];  // of 64 values each
  alignas(64) float d[16];
  alignas(64) float minimum[16];
  alignas(64) std::int16_t minimum_pairs[4][16][2];  // sub-minimums of groups 2i and 2i + 1 of each row
};

// Each row's byte in both 16-bit halves of its lane.
inline __m512i twice(const std::int8_t* bytes) {
  const __m512i words = _mm512_cvtepu8_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(bytes)));
  return _mm512_or_si512(words, _mm512_slli_epi32(words, 16));
}

// Sub-scales of one group in the form `split` multiplies by.
template <Split split, int offset>
struct GroupScale {
  __m512i first;
  __m512i second;
  __m512i of_offset;  // offset × scale, 16 bits

  explicit GroupScale(const std::int8_t* scales) {
    const __m512i bytes = twice(scales);
    if constexpr (split == Split::three_bits) {
      first = _mm512_srli_epi16(bytes, 3);
      second = _mm512_and_si512(bytes, _mm512_set1_epi16(7));
    } else if constexpr (split == Split::minimums) {
      first = bytes;
    } else {
      first = bytes;
      second = _mm512_slli_epi16(bytes, 8);
      const __m512i words = _mm512_srai_epi16(second, 8);
      of_offset = _mm512_mullo_epi16(words, _mm512_set1_epi16(offset));
    }
  }
};

template <numeric::Format format>
void store_products(__m512i codes, const GroupScale<split_of(format), quantized_layout(format).code_offset>& scale,
                    std::uint8_t* first, std::uint8_t* second) {
  constexpr Split kSplit = split_of(format);
  if constexpr (kSplit == Split::three_bits) {
    // 31 × 7 fits a byte: no product of a low byte reaches the high one.
    _mm512_store_si512(first, _mm512_mullo_epi16(codes, scale.first));
    _mm512_store_si512(second, _mm512_mullo_epi16(codes, scale.second));
  } else if constexpr (kSplit == Split::minimums) {
    _mm512_store_si512(first, _mm512_mullo_epi16(codes, scale.first));  // 3 × 15
  } else {
    // A pair of codes times (scale, 0) and (0, scale).
    __m512i even = _mm512_maddubs_epi16(codes, scale.first);
    __m512i odd = _mm512_maddubs_epi16(codes, scale.second);
    const bool negated = kSplit == Split::none;
    even = negated ? _mm512_sub_epi16(scale.of_offset, even) : _mm512_sub_epi16(even, scale.of_offset);
    odd = negated ? _mm512_sub_epi16(scale.of_offset, odd) : _mm512_sub_epi16(odd, scale.of_offset);
    constexpr __mmask64 kOddBytes = 0xaaaaaaaaaaaaaaaa;
    const __m512i low_bytes = _mm512_mask_blend_epi8(kOddBytes, even, _mm512_slli_epi16(odd, 8));
    if constexpr (kSplit == Split::none) {
      _mm512_store_si512(first, low_bytes);
    } else {
      _mm512_store_si512(first, _mm512_mask_blend_epi8(kOddBytes, _mm512_srli_epi16(even, 8), odd));
      _mm512_store_si512(second, low_bytes);
    }
  }
}

// 32 values of every row, which are half of a plane's tile.
template <numeric::Format format>
void unpack_unit(const std::uint8_t* registers, const SubScaleBytes<Tile>& sub, std::size_t unit,
                 BlockPlanes<format>& block) {
  constexpr QuantizedLayout kLayout = quantized_layout(format);
  constexpr std::size_t kGroups = 32 / static_cast<std::size_t>(kLayout.group_values);
  __m512i codes[8];
  unpack_integers<Tile, format>(registers, codes);
  for (std::size_t part = 0; part < kGroups; ++part) {
    const std::size_t group = unit * kGroups + part;
    const GroupScale<split_of(format), kLayout.code_offset> scale(sub.scales[group]);
    for (std::size_t g = part * 8 / kGroups; g < (part + 1) * 8 / kGroups; ++g) {
      const std::size_t row = unit % 2 * 8 + g;
      std::uint8_t* second = nullptr;
      if constexpr (BlockPlanes<format>::kPlanes == 2) second = block.planes[1][unit / 2].bytes[row];
      store_products<format>(codes[g], scale, block.planes[0][unit / 2].bytes[row], second);
      if constexpr (split_of(format) == Split::minimums) {
        const __m512i pairs = twice(sub.minimums[group]);
        _mm512_store_si512(second, _mm512_or_si512(pairs, _mm512_slli_epi16(pairs, 8)));
      }
    }
  }
}

template <numeric::Format format>
void unpack_block(const std::uint8_t* header, const std::uint8_t* registers, BlockPlanes<format>& block) {
  constexpr QuantizedLayout kLayout = quantized_layout(format);
  constexpr std::size_t kUnitBytes = code_bytes(kLayout, Tile::kRows) / 8;
  SubScaleBytes<Tile> sub;
  unpack_sub_scales<Tile, format>(header + Tile::kRows * (kLayout.has_minimum ? 4 : 2), sub);
  _mm512_store_ps(block.d, Tile::load_f16(header));
  if constexpr (kLayout.has_minimum) _mm512_store_ps(block.minimum, Tile::load_f16(header + 2 * Tile::kRows));
  if constexpr (BlockPlanes<format>::kVectorMinimums) {
    for (std::size_t i = 0; i < 4; ++i) {
      const __m512i even = Tile::load_scale(sub.minimums[2 * i]);
      const __m512i odd = Tile::load_scale(sub.minimums[2 * i + 1]);
      _mm512_store_si512(block.minimum_pairs[i], _mm512_or_si512(even, _mm512_slli_epi32(odd, 16)));
    }
  }
  for (std::size_t unit = 0; unit < 8; ++unit) {
    unpack_unit<format>(registers + unit * kUnitBytes, sub, unit, block);
  }
}

}  // namespace
}  // namespace minnow::kernels
