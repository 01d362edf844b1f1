// Products of many tokens with formats of 32-value blocks on the matrix unit: one product of half tiles a block, whose
// 16 × 16 results the vector unit adds to sums in 16 registers: acc = fma(d × da, S, acc), acc = fma(m × da, M, acc).
#pragma once

#include "kernels/amx/panel_product.hpp"
#include "kernels/amx/transpose.hpp"
#include "kernels/avx512/tile.hpp"
#include "kernels/tiles/unpack.hpp"

namespace minnow::kernels {
namespace {

inline constexpr std::size_t kPanelBlocks = 16;

// What tokens bring to a panel's blocks: a block's side by side, so that the products find the next token's at a
// constant distance.
template <bool with_sums>
struct alignas(64) PanelTokens {
  float scales[kPanelBlocks][kMostTokens];
  float sums[with_sums ? kPanelBlocks : 1][kMostTokens];  // of 32 codes

  void read(const PanelPlace& place, std::size_t n_blocks) {
    const std::size_t stride = place.args.cols / 32;
    const auto blocks = static_cast<__mmask16>((1u << n_blocks) - 1);
    for (std::size_t first = 0; first < place.n_tokens; first += kTileRows) {
      const std::size_t n_tokens = place.n_tokens - first < kTileRows ? place.n_tokens - first : kTileRows;
      const std::size_t from = (place.token + first) * stride + place.block;
      __m512i turned[kTileRows];
      for (std::size_t t = 0; t < kTileRows; ++t) {  // tokens beyond the last: zeros, as some numbers are slow
        const auto mask = static_cast<__mmask16>(t < n_tokens ? blocks : 0);
        turned[t] = _mm512_maskz_loadu_epi32(mask, place.args.scales + from + t * stride);
      }
      store_turned(turned, scales, first);
      if constexpr (with_sums) {
        for (std::size_t t = 0; t < kTileRows; ++t) {
          const auto mask = static_cast<__mmask16>(t < n_tokens ? blocks : 0);
          const __m256i codes = _mm256_maskz_loadu_epi16(mask, place.args.sums_32 + from + t * stride);
          turned[t] = _mm512_castps_si512(_mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(codes)));
        }
        store_turned(turned, sums, first);
      }
    }
  }

 private:
  static void store_turned(__m512i (&rows)[kTileRows], float (*to)[kMostTokens], std::size_t first) {
    transpose(rows);
    for (std::size_t i = 0; i < kPanelBlocks; ++i) _mm512_store_si512(to[i] + first, rows[i]);
  }
};

// Up to 16 blocks: 512 values.
template <numeric::Format format>
class BytesPanel {
  static constexpr QuantizedLayout kLayout = quantized_layout(format);

 public:
  // Tiles 0 and 1 hold sums, 4 and 5 the activations of a block, 6 and 7 its weights.
  static constexpr TileShapes kShapes = {1, 0, {}, {64, 64, 0, 0, 32, 32, 64, 64}, {16, 16, 0, 0, 16, 16, 8, 8}};
  static constexpr std::size_t kTiles = 2;
  static constexpr std::size_t kBlockValues = 32;
  static constexpr std::size_t kBlocks = kPanelBlocks;
  using Tokens = PanelTokens<kLayout.has_minimum>;

  void unpack(const MatmulArgs& args, std::size_t row, std::size_t block, std::size_t n_blocks) {
    PackedTile<format> tile(args, row, block);
    for (std::size_t i = 0; i < n_blocks; ++i, tile.next()) {
      __m512i codes[8];
      unpack_integers<Tile, format>(tile.registers, codes);
      for (std::size_t g = 0; g < 8; ++g) {
        _mm512_store_si512(weights_[i].bytes[g], Tile::minus(codes[g], kLayout.code_offset));
      }
      _mm512_store_ps(d_[i], Tile::load_f16(tile.header));
      if constexpr (kLayout.has_minimum) {
        _mm512_store_ps(minimum_[i], Tile::load_f16(tile.header + 2 * Tile::kRows));
      }
    }
  }

  static void add(const BytesPanel* panels, std::size_t n_tiles, std::size_t n_blocks, const PanelPlace& place,
                  const Tokens& tokens, RowSums* y) {
    const std::size_t stride = place.args.code_stride;
    const std::int8_t* codes = place.args.codes + place.token * stride + place.block * kBlockValues;
    for (std::size_t token = 0; token < place.n_tokens; token += kTileRows, codes += kTileRows * stride) {
      for (std::size_t i = 0; i < n_tiles; ++i) {
        panels[i].add_tile(n_blocks, {codes, stride, tokens, token}, y[i].y + token);
      }
    }
  }

 private:
  static constexpr std::size_t kAhead = 2;
  static constexpr std::size_t kResults = 4;
  struct alignas(64) Results {
    std::int32_t sums[kResults][kTileRows][16];
  };
  using Sums = __m512[kTileRows];

  // 16 tokens of the panel's activations.
  struct TokenTile {
    const std::int8_t* codes;
    std::size_t code_stride;
    const Tokens& tokens;
    std::size_t first;
  };

  void add_tile(std::size_t n_blocks, const TokenTile& x, float (*y)[16]) const {
    Results results;
    Sums sums;
#pragma GCC unroll 16
    for (std::size_t t = 0; t < kTileRows; ++t) sums[t] = _mm512_load_ps(y[t]);
    // Each block's results are added kAhead blocks later, when they have reached memory.
    for (std::size_t block = 0; block < kAhead && block < n_blocks; ++block) multiply(x, block, results);
    for (std::size_t block = 0; block < n_blocks; ++block) {
      if (block + kAhead < n_blocks) multiply(x, block + kAhead, results);
      finish(x, block, results.sums[block % kResults], sums);
    }
#pragma GCC unroll 16
    for (std::size_t t = 0; t < kTileRows; ++t) _mm512_store_ps(y[t], sums[t]);
  }

  void multiply(const TokenTile& x, std::size_t block, Results& results) const {
    load_rows<4>(x.codes + 32 * block, x.code_stride);
    load_tile<6>(weights_[block]);
    clear_tile<0>();
    multiply_tiles<0, 4, 6, true>();
    store_tile<0>(results.sums[block % kResults]);
  }

  void finish(const TokenTile& x, std::size_t block, const std::int32_t (*results)[16], Sums& sums) const {
    const __m512 d = _mm512_load_ps(d_[block]);
    const float* scale = x.tokens.scales[block] + x.first;
#pragma GCC unroll 16
    for (std::size_t t = 0; t < kTileRows; ++t) {
      const __m512 da = _mm512_set1_ps(scale[t]);
      sums[t] = _mm512_fmadd_ps(_mm512_mul_ps(d, da), _mm512_cvtepi32_ps(_mm512_load_si512(results[t])), sums[t]);
      if constexpr (kLayout.has_minimum) {
        const __m512 code_sums = _mm512_set1_ps(x.tokens.sums[block][x.first + t]);
        sums[t] = _mm512_fmadd_ps(_mm512_mul_ps(_mm512_load_ps(minimum_[block]), da), code_sums, sums[t]);
      }
    }
  }

  HalfTileBytes weights_[kBlocks];
  alignas(64) float d_[kBlocks][16];
  alignas(64) float minimum_[kBlocks][16];
};

}  // namespace
}  // namespace minnow::kernels
