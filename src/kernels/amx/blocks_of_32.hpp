// Products of many tokens with formats of 32-value blocks on the matrix unit: one product of half tiles a block, whose
// 16 × 16 results the vector unit adds to sums in 16 registers: acc = fma(d × da, S, acc), acc = fma(m × da, M, acc).
#pragma once

#include "kernels/amx/panel_product.hpp"
#include "kernels/avx512/tile.hpp"
#include "kernels/tiles/unpack.hpp"

namespace minnow::kernels {
namespace {

// Up to 16 blocks: 512 values.
template <numeric::Format format>
class BytesPanel {
  static constexpr QuantizedLayout kLayout = quantized_layout(format);

 public:
  // Tiles 0 and 1 hold sums, 4 and 5 the activations of a block, 6 and 7 its weights.
  static constexpr TileShapes kShapes = {1, 0, {}, {64, 64, 0, 0, 32, 32, 64, 64}, {16, 16, 0, 0, 16, 16, 8, 8}};
  static constexpr std::size_t kTiles = 2;
  static constexpr std::size_t kValuesAtOnce = 2048;
  static constexpr std::size_t kBlockValues = 32;
  static constexpr std::size_t kBlocks = 16;

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
                  RowSums* y) {
    const PanelActivations x(place, kBlockValues);
    for (std::size_t token = 0; token < place.n_tokens; token += kTileRows) {
      for (std::size_t i = 0; i < n_tiles; ++i) panels[i].add_tile(n_blocks, x.from(token), y[i].y + token);
    }
  }

 private:
  struct alignas(64) Results {
    std::int32_t sums[2][kTileRows][16];  // of the block before and of this one
  };
  using Sums = __m512[kTileRows];

  void add_tile(std::size_t n_blocks, const PanelActivations& x, float (*y)[16]) const {
    Results results;
    Sums sums;
#pragma GCC unroll 16
    for (std::size_t t = 0; t < kTileRows; ++t) sums[t] = _mm512_load_ps(y[t]);
    multiply<0>(x, 0, results);
    std::size_t block = 1;
    for (; block + 2 <= n_blocks; block += 2) {
      multiply<1>(x, block, results);
      finish(x, block - 1, results.sums[0], sums);
      multiply<0>(x, block + 1, results);
      finish(x, block, results.sums[1], sums);
    }
    if (block < n_blocks) {
      multiply<1>(x, block, results);
      finish(x, block - 1, results.sums[0], sums);
      finish(x, block, results.sums[1], sums);
    } else {
      finish(x, block - 1, results.sums[0], sums);
    }
#pragma GCC unroll 16
    for (std::size_t t = 0; t < kTileRows; ++t) _mm512_store_ps(y[t], sums[t]);
  }

  template <int place>
  void multiply(const PanelActivations& x, std::size_t block, Results& results) const {
    load_rows<4 + place>(x.codes + 32 * block, x.code_stride);
    load_tile<6 + place>(weights_[block]);
    clear_tile<place>();
    multiply_tiles<place, 4 + place, 6 + place, true>();
    store_tile<place>(results.sums[place]);
  }

  void finish(const PanelActivations& x, std::size_t block, const std::int32_t (*results)[16], Sums& sums) const {
    const __m512 d = _mm512_load_ps(d_[block]);
    const __m512 minimum = _mm512_load_ps(minimum_[block]);
    const float* scale = x.scales + block;
    const std::int16_t* code_sum = x.sums + block;
#pragma GCC unroll 16
    for (std::size_t t = 0; t < kTileRows; ++t) {
      const __m512 da = _mm512_set1_ps(scale[t * x.n_blocks]);
      sums[t] = _mm512_fmadd_ps(_mm512_mul_ps(d, da), _mm512_cvtepi32_ps(_mm512_load_si512(results[t])), sums[t]);
      if constexpr (kLayout.has_minimum) {
        const __m512 code_sums = _mm512_set1_ps(static_cast<float>(code_sum[t * x.n_sums]));
        sums[t] = _mm512_fmadd_ps(_mm512_mul_ps(minimum, da), code_sums, sums[t]);
      }
    }
  }

  HalfTileBytes weights_[kBlocks];
  alignas(64) float d_[kBlocks][16];
  alignas(64) float minimum_[kBlocks][16];
};

}  // namespace
}  // namespace minnow::kernels
