// How products of many tokens walk through weights and activations on the matrix unit.
//
//   for up to 512 tokens, for each kValuesAtOnce:   so that the activations stay in the second-level cache
//     for each kTiles tiles of 16 rows:             their sums y in a buffer
//       for each panel of kValues values:           unpacked once for all tokens, into the first-level cache
//         for each token tile:                      products of the panel
//
// A Panel is one tile of rows and a few blocks of a format, ready for the matrix unit; it has these members:
//
//   kShapes, kTiles, kValuesAtOnce
//   kBlockValues, kBlocks                       how long a block is, and how many a panel has
//   unpack(args, row, block, n_blocks)          the tile of rows at `row`; n_blocks <= kBlocks
//   add(panels, n_tiles, n_blocks, place, y)    adds the blocks' products to y of every tile
#pragma once

#include <immintrin.h>

#include "kernels/amx/tile_unit.hpp"
#include "kernels/matmul_kernel.hpp"
#include "kernels/quantized_layout.hpp"

namespace minnow::kernels {
namespace {

inline constexpr std::size_t kMostTokens = 512;

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

// int8 activations of one place, as the exact products read them.
struct PanelActivations {
  const std::int8_t* codes;
  std::size_t code_stride;
  const float* scales;
  std::size_t n_blocks;      // from one token's scales to the next
  const std::int16_t* sums;  // of 32 codes
  std::size_t n_sums;

  PanelActivations(const PanelPlace& place, std::size_t block_values)
      : code_stride(place.args.code_stride), n_blocks(place.args.cols / block_values), n_sums(place.args.cols / 32) {
    codes = place.args.codes + place.token * code_stride + place.block * block_values;
    scales = place.args.scales + place.token * n_blocks + place.block;
    sums = place.args.sums_32 + place.token * n_sums + place.block * (block_values / 32);
  }
  PanelActivations from(std::size_t token) const {
    PanelActivations later = *this;
    later.codes += token * code_stride;
    later.scales += token * n_blocks;
    later.sums += token * n_sums;
    return later;
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
    constexpr std::size_t kBlocksAtOnce = Panel::kValuesAtOnce / Panel::kBlockValues;
    for (std::size_t block = 0; block < n_blocks_; block += kBlocksAtOnce) {
      const std::size_t end = n_blocks_ - block < kBlocksAtOnce ? n_blocks_ : block + kBlocksAtOnce;
      for (std::size_t row = 0; row < args_.n_rows; row += Panel::kTiles * kTileRows) multiply(row, block, end);
    }
  }

 private:
  // Blocks `begin` to `end` of the tiles from the row `row` on.
  void multiply(std::size_t row, std::size_t begin, std::size_t end) {
    const std::size_t tiles_left = (args_.n_rows - row + kTileRows - 1) / kTileRows;
    const std::size_t n_tiles = tiles_left < Panel::kTiles ? tiles_left : Panel::kTiles;
    load_sums(row, n_tiles, begin == 0);
    for (std::size_t block = begin; block < end; block += Panel::kBlocks) {
      const std::size_t n_blocks = end - block < Panel::kBlocks ? end - block : Panel::kBlocks;
      for (std::size_t i = 0; i < n_tiles; ++i) panels_[i].unpack(args_, row + i * kTileRows, block, n_blocks);
      Panel::add(panels_, n_tiles, n_blocks, {args_, block, first_token_, n_tokens_}, y_);
    }
    store_sums(row, n_tiles);
  }

  // Calls visit(sums of 16 rows, where y has them, mask of the rows there are) for each token and tile. Rows of y lie
  // on different pages: all tiles of one token come together, and the next tokens' are asked for ahead.
  template <class Visit>
  void each_row(std::size_t row, std::size_t n_tiles, Visit visit) {
    constexpr std::size_t kTokensAhead = 8;
    const std::size_t stride = args_.y_stride;
    const std::size_t rows = args_.n_rows - row;
    float* y = args_.y + first_token_ * stride + row;
    for (std::size_t t = 0; t < n_tokens_; ++t, y += stride) {
      for (std::size_t i = 0; i < n_tiles; ++i) {
        const std::size_t left = rows - i * kTileRows;
        const auto mask = static_cast<__mmask16>(left >= 16 ? 0xffffu : (1u << left) - 1);
        if (t + kTokensAhead < n_tokens_) __builtin_prefetch(y + kTokensAhead * stride + i * kTileRows, 1);
        visit(y_[i].y[t], y + i * kTileRows, mask);
      }
    }
  }
  void load_sums(std::size_t row, std::size_t n_tiles, bool from_zero) {
    each_row(row, n_tiles, [=](float* sums, const float* y, __mmask16 mask) {
      _mm512_store_ps(sums, from_zero ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(mask, y));
    });
  }
  void store_sums(std::size_t row, std::size_t n_tiles) {
    each_row(row, n_tiles,
             [](const float* sums, float* y, __mmask16 mask) { _mm512_mask_storeu_ps(y, mask, _mm512_load_ps(sums)); });
  }

  const MatmulArgs& args_;
  std::size_t n_blocks_;
  std::size_t first_token_;
  std::size_t n_tokens_;
  Panel panels_[Panel::kTiles];
  RowSums y_[Panel::kTiles];
};

template <class Panel>
void multiply_panels(const MatmulArgs& args) {
  const TileUnit unit(Panel::kShapes);
  for (std::size_t token = 0; token < args.n_tokens; token += kMostTokens) PanelProduct<Panel>(args, token).multiply();
}

}  // namespace
}  // namespace minnow::kernels
