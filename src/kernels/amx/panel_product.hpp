// How products of many tokens walk through weights and activations on the matrix unit.
//
//   for up to 512 tokens, for each group of 256 rows:   their sums y in a buffer, written out once
//     for each panel of kBlocks blocks:                 what the tokens bring, turned once for the group
//       for each kTiles tiles of 16 rows:               unpacked once for all tokens, into the first-level cache
//         for each token tile:                          products of the panel
//
// A Panel is one tile of rows and a few blocks of a format, ready for the matrix unit; it has these members:
//
//   kShapes, kTiles
//   kBlockValues, kBlocks                     how long a block is, and how many a panel has
//   Tokens                                    scales and sums of the activations of one panel; read(place, n_blocks)
//   unpack(args, row, block, n_blocks)        the tile of rows at `row`; n_blocks <= kBlocks
//   add(panels, n_tiles, n_blocks, place, tokens, y)   adds the blocks' products to y of every tile
#pragma once

#include <immintrin.h>

#include "kernels/amx/tile_unit.hpp"
#include "kernels/matmul_kernel.hpp"
#include "kernels/quantized_layout.hpp"

namespace minnow::kernels {
namespace {

inline constexpr std::size_t kMostTokens = 512;
inline constexpr std::size_t kGroupRows = 256;

// Sums of a tile of rows, of whole token tiles: those beyond the last token mean nothing.
struct alignas(64) RowSums {
  float y[kMostTokens][16];
};

// Which activations a panel meets: from its first block and a first token on.
struct PanelPlace {
  const MatmulArgs& args;
  std::size_t block;
  std::size_t token;
  std::size_t n_tokens;
};

// A walk over the blocks of 16 packed rows.
template <numeric::Format format>
struct PackedTile {
  static constexpr QuantizedLayout kLayout = quantized_layout(format);
  static constexpr std::size_t kUnitBytes = code_bytes(kLayout, kTileRows) * 32 / kLayout.block_values;
  const std::uint8_t* header;
  const std::uint8_t* registers;

  PackedTile(const MatmulArgs& args, std::size_t row, std::size_t block) {
    const std::size_t n_blocks = args.cols / static_cast<std::size_t>(kLayout.block_values);
    const auto* tiles = reinterpret_cast<const std::uint8_t*>(args.weights);
    const std::uint8_t* tile = tiles + row / kTileRows * tile_bytes(kLayout, kTileRows, n_blocks);
    header = tile + block * header_bytes(kLayout, kTileRows);
    registers = tile + all_header_bytes(kLayout, kTileRows, n_blocks) + block * code_bytes(kLayout, kTileRows);
  }
  void next() {
    header += header_bytes(kLayout, kTileRows);
    registers += code_bytes(kLayout, kTileRows);
  }
};

template <class Panel>
class PanelProduct {
 public:
  PanelProduct(const MatmulArgs& args, std::size_t first_token)
      : args_(args),
        n_blocks_((args.cols + Panel::kBlockValues - 1) / Panel::kBlockValues),
        first_token_(first_token),
        n_tokens_(args.n_tokens - first_token < kMostTokens ? args.n_tokens - first_token : kMostTokens) {}

  void multiply() {
    for (std::size_t row = 0; row < args_.n_rows; row += kGroupRows) multiply_group(row);
  }

 private:
  static constexpr std::size_t kGroupTiles = kGroupRows / kTileRows;

  // Rows from `row` on, up to kGroupRows.
  void multiply_group(std::size_t row) {
    const std::size_t tiles_left = (args_.n_rows - row + kTileRows - 1) / kTileRows;
    const std::size_t n_tiles = tiles_left < kGroupTiles ? tiles_left : kGroupTiles;
    clear(n_tiles);
    for (std::size_t block = 0; block < n_blocks_; block += Panel::kBlocks) {
      const std::size_t n_blocks = n_blocks_ - block < Panel::kBlocks ? n_blocks_ - block : Panel::kBlocks;
      const PanelPlace place{args_, block, first_token_, n_tokens_};
      tokens_.read(place, n_blocks);
      for (std::size_t tile = 0; tile < n_tiles; tile += Panel::kTiles) {
        const std::size_t n = n_tiles - tile < Panel::kTiles ? n_tiles - tile : Panel::kTiles;
        for (std::size_t i = 0; i < n; ++i) panels_[i].unpack(args_, row + (tile + i) * kTileRows, block, n_blocks);
        Panel::add(panels_, n, n_blocks, place, tokens_, y_ + tile);
      }
    }
    store(row, n_tiles);
  }

  void clear(std::size_t n_tiles) {
    for (std::size_t i = 0; i < n_tiles; ++i) {
      for (std::size_t t = 0; t < n_tokens_; ++t) _mm512_store_ps(y_[i].y[t], _mm512_setzero_ps());
    }
  }

  // All rows of one token together: rows of y lie on different pages.
  void store(std::size_t row, std::size_t n_tiles) {
    const std::size_t n_rows = args_.n_rows - row;
    float* y = args_.y + first_token_ * args_.y_stride + row;
    for (std::size_t t = 0; t < n_tokens_; ++t, y += args_.y_stride) {
      for (std::size_t i = 0; i < n_tiles; ++i) {
        const std::size_t left = n_rows - i * kTileRows;
        const auto mask = static_cast<__mmask16>(left >= 16 ? 0xffffu : (1u << left) - 1);
        _mm512_mask_storeu_ps(y + i * kTileRows, mask, _mm512_load_ps(y_[i].y[t]));
      }
    }
  }

  const MatmulArgs& args_;
  std::size_t n_blocks_;
  std::size_t first_token_;
  std::size_t n_tokens_;
  typename Panel::Tokens tokens_;
  Panel panels_[Panel::kTiles];
  RowSums y_[kGroupTiles];
};

template <class Panel>
void multiply_panels(const MatmulArgs& args) {
  const TileUnit unit(Panel::kShapes);
  for (std::size_t token = 0; token < args.n_tokens; token += kMostTokens) PanelProduct<Panel>(args, token).multiply();
}

}  // namespace
}  // namespace minnow::kernels
