// Products of many tokens with formats of 256-value blocks (K-quants and IQ4_XS) on the matrix unit.
//
// 32 tokens × 16 rows of a block are 16 tile products, or 8 where one plane of bytes is enough. In their time the
// vector unit finishes the 32 × 16 results before them: acc = fma(d × da, S, acc), acc = fma(-dmin × da, M, acc).
#pragma once

#include "kernels/amx/panel_product.hpp"
#include "kernels/amx/planes.hpp"

namespace minnow::kernels {
namespace {

inline constexpr std::size_t kPairTokens = 32;

// Results of 32 tokens and 16 rows on their way from the matrix unit to the vector unit.
struct alignas(64) TileResults {
  std::int32_t planes[2][kPairTokens][16];
};

template <numeric::Format format>
class BlockProduct {
  using Block = BlockPlanes<format>;

 public:
  explicit BlockProduct(const PanelActivations& x) : x_(x) {}

  // y of 16 rows and tokens `first` to `end`, at most 32 of them. Their results are added when the next are asked for.
  template <int token_tiles>
  void multiply(const Block& block, std::size_t first, std::size_t end, RowSums& y) {
    TileResults& results = results_[next_];
    clear_sums<token_tiles>();
    const std::int8_t* codes = x_.codes + first * x_.code_stride;
    step<token_tiles, 0>(block, codes);
    step<token_tiles, 1>(block, codes);
    step<token_tiles, 2>(block, codes);
    step<token_tiles, 3>(block, codes);
    store_tile<0>(results.planes[0]);
    if constexpr (token_tiles == 2) store_tile<1>(results.planes[0] + kTileRows);
    if constexpr (Block::kPlanes == 2) {
      store_tile<2>(results.planes[1]);
      if constexpr (token_tiles == 2) store_tile<3>(results.planes[1] + kTileRows);
    }
    waiting_ = {&results, &block, &y, first, end};
    next_ = 1 - next_;
  }

  void finish() {
    add_rows(0, kPairTokens);
    waiting_ = {};
  }

 private:
  struct Waiting {
    const TileResults* results = nullptr;
    const Block* block = nullptr;
    RowSums* y = nullptr;
    std::size_t first = 0;
    std::size_t end = 0;
  };

  template <int token_tiles>
  static void clear_sums() {
    clear_tile<0>();
    if constexpr (token_tiles == 2) clear_tile<1>();
    if constexpr (Block::kPlanes == 2) {
      clear_tile<2>();
      if constexpr (token_tiles == 2) clear_tile<3>();
    }
  }

  // 64 values; tiles 4 and 5 hold activations, 6 and 7 weights.
  template <int token_tiles, int number>
  void step(const Block& block, const std::int8_t* codes) {
    load_rows<4>(codes + 64 * number, x_.code_stride);
    load_tile<6>(block.planes[0][number]);
    multiply_tiles<0, 4, 6, Block::kSigned[0]>();
    if constexpr (token_tiles == 2) {
      load_rows<5>(codes + 64 * number + 16 * x_.code_stride, x_.code_stride);
      multiply_tiles<1, 5, 6, Block::kSigned[0]>();
    }
    if constexpr (Block::kPlanes == 2) {
      load_tile<7>(block.planes[1][number]);
      multiply_tiles<2, 4, 7, Block::kSigned[1]>();
      if constexpr (token_tiles == 2) multiply_tiles<3, 5, 7, Block::kSigned[1]>();
    }
    // Not beside the first products: the waiting results are still being stored.
    if constexpr (number > 0) add_rows((number - 1) * kPairTokens / 3, number * kPairTokens / 3);
  }

  // The block's fused multiply-adds of the waiting tokens from `begin` to `end`.
  void add_rows(std::size_t begin, std::size_t end) {
    const std::size_t n_tokens = waiting_.end - waiting_.first;
    if (end > n_tokens) end = n_tokens;
    if (begin >= end) return;
    const Block& block = *waiting_.block;
    const __m512 d = _mm512_load_ps(block.d);
    const __m512 minimum = _mm512_load_ps(block.minimum);
    const float* scale = x_.scales + (waiting_.first + begin) * x_.n_blocks;
    const std::int16_t* sums = x_.sums + (waiting_.first + begin) * x_.n_sums;
    float* y = waiting_.y->y[waiting_.first + begin];
    const std::int32_t* first = waiting_.results->planes[0][begin];
    const std::int32_t* second = waiting_.results->planes[1][begin];
    for (std::size_t t = begin; t < end; ++t) {
      const __m512 da = _mm512_set1_ps(*scale);
      __m512 sum = _mm512_load_ps(y);
      sum = _mm512_fmadd_ps(_mm512_mul_ps(d, da), _mm512_cvtepi32_ps(scaled_sums(first, second)), sum);
      if constexpr (quantized_layout(format).has_minimum) {
        sum = _mm512_fnmadd_ps(_mm512_mul_ps(minimum, da), _mm512_cvtepi32_ps(minimum_sums(block, second, sums)), sum);
      }
      _mm512_store_ps(y, sum);
      y += 16;
      first += 16;
      second += 16;
      scale += x_.n_blocks;
      sums += x_.n_sums;
    }
  }

  static __m512i scaled_sums(const std::int32_t* first, const std::int32_t* second) {
    const __m512i a = _mm512_load_si512(first);
    if constexpr (Block::kSplit == Split::none) return _mm512_sub_epi32(_mm512_setzero_si512(), a);
    if constexpr (Block::kSplit == Split::minimums) return a;
    constexpr unsigned kShift = Block::kSplit == Split::three_bits ? 3 : 8;
    return _mm512_add_epi32(_mm512_slli_epi32(a, kShift), _mm512_load_si512(second));
  }

  static __m512i minimum_sums(const Block& block, const std::int32_t* second, const std::int16_t* sums) {
    if constexpr (!Block::kVectorMinimums) return _mm512_load_si512(second);
    __m512i total = _mm512_setzero_si512();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      std::int32_t pair = 0;
      __builtin_memcpy(&pair, sums + 2 * i, sizeof pair);
      total = _mm512_dpwssd_epi32(total, _mm512_load_si512(block.minimum_pairs[i]), _mm512_set1_epi32(pair));
    }
    return total;
  }

  PanelActivations x_;
  TileResults results_[2];
  int next_ = 0;
  Waiting waiting_;
};

// One block of 256.
template <numeric::Format format>
class PlanesPanel {
 public:
  static constexpr TileShapes kShapes = kFullTiles;
  static constexpr std::size_t kValuesAtOnce = 2048;
  static constexpr std::size_t kBlockValues = 256;
  static constexpr std::size_t kTiles = 2;
  static constexpr std::size_t kBlocks = 1;

  void unpack(const MatmulArgs& args, std::size_t row, std::size_t block, std::size_t) {
    const PackedTile<format> tile(args, row, block);
    unpack_block<format>(tile.header, tile.registers, block_);
  }

  static void add(const PlanesPanel* panels, std::size_t n_tiles, std::size_t, const PanelPlace& place, RowSums* y) {
    const std::size_t n_tokens = place.n_tokens;
    BlockProduct<format> product(PanelActivations(place, kBlockValues));
    for (std::size_t token = 0; token < n_tokens; token += kPairTokens) {
      const std::size_t end = n_tokens - token < kPairTokens ? n_tokens : token + kPairTokens;
      for (std::size_t tile = 0; tile < n_tiles; ++tile) {
        if (end - token > kTileRows) {
          product.template multiply<2>(panels[tile].block_, token, end, y[tile]);
        } else {
          product.template multiply<1>(panels[tile].block_, token, end, y[tile]);
        }
      }
    }
    product.finish();
  }

 private:
  BlockPlanes<format> block_;
};

}  // namespace
}  // namespace minnow::kernels
