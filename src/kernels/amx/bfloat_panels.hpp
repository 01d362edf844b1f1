// The `fast` arithmetic: weights and activations rounded to bfloat16, products added up in single precision by the
// matrix unit, in an order of its own. For any format, 32 values a tile:
//
//   A [16 tokens][32 activations]      B [16 pairs of values][16 weight rows][2 values]
//
// A panel of 256 values of 16 rows is made once for up to 512 tokens; 32 tokens × 32 rows keep their sums in four
// tiles.
#pragma once

#include "kernels/amx/panel_product.hpp"
#include "kernels/amx/transpose.hpp"
#include "kernels/avx512/tile.hpp"
#include "kernels/lanes/lanes.hpp"
#include "kernels/tiles/unpack.hpp"

namespace minnow::kernels {
namespace {

// 16 pairs as 32 bfloats: first[i] in the low half of a lane, second[i] in the high one.
inline __m512i bfloat_pairs(__m512 first, __m512 second) {
  const __m512i both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second, first));
  alignas(64) static constexpr std::uint16_t kInterleaved[32] = {0,  16, 1,  17, 2,  18, 3,  19, 4,  20, 5,
                                                                 21, 6,  22, 7,  23, 8,  24, 9,  25, 10, 26,
                                                                 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  return _mm512_permutexvar_epi16(_mm512_load_si512(kInterleaved), both);
}

// Each row's scale × code + base: what its values are.
struct Affine {
  __m512 scale;
  __m512 base;

  __m512 operator()(__m512i code) const { return _mm512_fmadd_ps(scale, _mm512_cvtepi32_ps(code), base); }
};

template <numeric::Format format>
Affine affine_of(__m512 d, __m512 minimum, const SubScaleBytes<Tile>& sub, std::size_t group) {
  constexpr QuantizedLayout kLayout = quantized_layout(format);
  Affine affine{d, minimum};
  if constexpr (kLayout.sub_scales != SubScales::none) {
    affine.scale = _mm512_mul_ps(d, _mm512_cvtepi32_ps(Tile::load_scale(sub.scales[group])));
    affine.base = _mm512_mul_ps(_mm512_sub_ps(_mm512_setzero_ps(), minimum),
                                _mm512_cvtepi32_ps(Tile::load_scale(sub.minimums[group])));
  }
  if constexpr (!kLayout.has_minimum) {
    affine.base = _mm512_mul_ps(affine.scale, _mm512_set1_ps(-static_cast<float>(kLayout.code_offset)));
  }
  return affine;
}

// Unpacks `n_blocks` blocks from `block` on of the tile of 16 packed rows at `row`.
template <numeric::Format format>
void unpack_bfloats(const MatmulArgs& args, std::size_t row, std::size_t block, std::size_t n_blocks, TileBytes* out) {
  constexpr QuantizedLayout kLayout = quantized_layout(format);
  constexpr std::size_t kUnits = static_cast<std::size_t>(kLayout.block_values / 32);
  constexpr std::size_t kGroupCodes = static_cast<std::size_t>(kLayout.group_values / 4);
  PackedTile<format> tile(args, row, block);
  SubScaleBytes<Tile> sub{};
  for (std::size_t i = 0; i < n_blocks; ++i, tile.next()) {
    const __m512 d = Tile::load_f16(tile.header);
    const __m512 minimum = kLayout.has_minimum ? Tile::load_f16(tile.header + 2 * Tile::kRows) : _mm512_setzero_ps();
    unpack_sub_scales<Tile, format>(tile.header + Tile::kRows * (kLayout.has_minimum ? 4 : 2), sub);
    for (std::size_t unit = 0; unit < kUnits; ++unit, ++out) {
      __m512i codes[8];
      unpack_integers<Tile, format>(tile.registers + unit * tile.kUnitBytes, codes);
      for (std::size_t g = 0; g < 8; ++g) {
        const Affine value = affine_of<format>(d, minimum, sub, (unit * 8 + g) / kGroupCodes);
        const __m512i byte = _mm512_set1_epi32(0xff);
        const __m512 v0 = value(_mm512_and_si512(codes[g], byte));
        const __m512 v1 = value(_mm512_and_si512(_mm512_srli_epi32(codes[g], 8), byte));
        const __m512 v2 = value(_mm512_and_si512(_mm512_srli_epi32(codes[g], 16), byte));
        const __m512 v3 = value(_mm512_srli_epi32(codes[g], 24));
        _mm512_store_si512(out->bytes[2 * g], bfloat_pairs(v0, v1));
        _mm512_store_si512(out->bytes[2 * g + 1], bfloat_pairs(v2, v3));
      }
    }
  }
}

// 32 values of a row of F32, F16 or BF16 weights, the first `n` of them and zeros, as bfloats in order.
inline __m512i load_bfloats(const float* values, std::size_t n) {
  const auto mask = static_cast<__mmask32>(n >= 32 ? ~0u : (1u << n) - 1);
  const __m512 low = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), values);
  const __m512 high = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask >> 16), values + 16);
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
}
inline __m512i load_bfloats(const Half* values, std::size_t n) {
  const auto mask = static_cast<__mmask32>(n >= 32 ? ~0u : (1u << n) - 1);
  const __m512i halves = _mm512_maskz_loadu_epi16(mask, values);
  const __m512 low = _mm512_cvtph_ps(_mm512_castsi512_si256(halves));
  const __m512 high = _mm512_cvtph_ps(_mm512_extracti64x4_epi64(halves, 1));
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
}
inline __m512i load_bfloats(const Bfloat* values, std::size_t n) {
  return _mm512_maskz_loadu_epi16(static_cast<__mmask32>(n >= 32 ? ~0u : (1u << n) - 1), values);
}

template <class Element>
void read_bfloats(const MatmulArgs& args, std::size_t row, std::size_t block, std::size_t n_blocks, TileBytes* out) {
  const std::size_t n_rows = args.n_rows - row < kTileRows ? args.n_rows - row : kTileRows;
  const Element* values = reinterpret_cast<const Element*>(args.weights) + row * args.cols;
  for (std::size_t i = block; i < block + n_blocks; ++i, ++out) {
    __m512i rows[16];
    for (std::size_t r = 0; r < kTileRows; ++r) {
      rows[r] = r < n_rows ? load_bfloats(values + r * args.cols + 32 * i, args.cols - 32 * i) : _mm512_setzero_si512();
    }
    transpose(rows);
    for (std::size_t k = 0; k < kTileRows; ++k) _mm512_store_si512(out->bytes[k], rows[k]);
  }
}

template <numeric::Format format>
class BfloatPanel {
  static constexpr bool kPacked = quantized_layout(format).block_values != 0;

 public:
  static constexpr TileShapes kShapes = kFullTiles;
  static constexpr std::size_t kTiles = 2;
  static constexpr std::size_t kBlockValues =
      kPacked ? static_cast<std::size_t>(quantized_layout(format).block_values) : 32;
  static constexpr std::size_t kBlocks = 256 / kBlockValues;

  struct Tokens {  // bfloats need no scales
    void read(const PanelPlace&, std::size_t) {}
  };

  void unpack(const MatmulArgs& args, std::size_t row, std::size_t block, std::size_t n_blocks) {
    using enum numeric::Format;
    if constexpr (kPacked) return unpack_bfloats<format>(args, row, block, n_blocks, tiles_);
    if constexpr (format == f32) return read_bfloats<float>(args, row, block, n_blocks, tiles_);
    if constexpr (format == f16) return read_bfloats<Half>(args, row, block, n_blocks, tiles_);
    if constexpr (format == bf16) return read_bfloats<Bfloat>(args, row, block, n_blocks, tiles_);
  }

  static void add(const BfloatPanel* panels, std::size_t n_tiles, std::size_t n_blocks, const PanelPlace& place,
                  const Tokens&, RowSums* y) {
    const MatmulArgs& args = place.args;
    const std::size_t stride = args.code_stride;  // bytes of a row of bfloats here
    const auto* x = reinterpret_cast<const std::int8_t*>(args.bfloats) + place.token * stride +
                    place.block * kBlockValues * sizeof(std::uint16_t);
    const std::size_t n_steps = n_blocks * kBlockValues / 32;
    for (std::size_t token = 0; token < place.n_tokens; token += 2 * kTileRows, x += 2 * kTileRows * stride) {
      const bool two_tokens = place.n_tokens - token > kTileRows;
      if (n_tiles == 2) {
        two_tokens ? add_tiles<2, 2>(panels, n_steps, x, stride, y, token)
                   : add_tiles<1, 2>(panels, n_steps, x, stride, y, token);
      } else {
        two_tokens ? add_tiles<2, 1>(panels, n_steps, x, stride, y, token)
                   : add_tiles<1, 1>(panels, n_steps, x, stride, y, token);
      }
    }
  }

 private:
  // Tiles 0 to 3 hold sums, 4 and 5 activations, 6 and 7 weights.
  template <int token_tiles, int row_tiles>
  static void add_tiles(const BfloatPanel* panels, std::size_t n_steps, const std::int8_t* x, std::size_t stride,
                        RowSums* y, std::size_t token) {
    load_sums<0>(y[0].y + token);
    if constexpr (token_tiles == 2) load_sums<1>(y[0].y + token + kTileRows);
    if constexpr (row_tiles == 2) load_sums<2>(y[1].y + token);
    if constexpr (token_tiles == 2 && row_tiles == 2) load_sums<3>(y[1].y + token + kTileRows);
    for (std::size_t step = 0; step < n_steps; ++step, x += kTileRowBytes) {
      load_rows<4>(x, stride);
      load_tile<6>(panels[0].tiles_[step]);
      multiply_bfloats<0, 4, 6>();
      if constexpr (token_tiles == 2) {
        load_rows<5>(x + kTileRows * stride, stride);
        multiply_bfloats<1, 5, 6>();
      }
      if constexpr (row_tiles == 2) {
        load_tile<7>(panels[1].tiles_[step]);
        multiply_bfloats<2, 4, 7>();
        if constexpr (token_tiles == 2) multiply_bfloats<3, 5, 7>();
      }
    }
    store_sums<0>(y[0].y + token);
    if constexpr (token_tiles == 2) store_sums<1>(y[0].y + token + kTileRows);
    if constexpr (row_tiles == 2) store_sums<2>(y[1].y + token);
    if constexpr (token_tiles == 2 && row_tiles == 2) store_sums<3>(y[1].y + token + kTileRows);
  }

  TileBytes tiles_[256 / 32];
};

}  // namespace
}  // namespace minnow::kernels
