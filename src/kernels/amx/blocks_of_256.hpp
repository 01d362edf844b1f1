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

// What tokens bring to one block: side by side, so that the products find the next token's at a constant distance.
template <bool with_sums>
struct alignas(64) BlockTokens {
  float scales[kMostTokens];
  std::int32_t sum_pairs[with_sums ? kMostTokens : 1][4];  // int16 sums of 32 codes, two groups in a pair

  void read(const PanelPlace& place, std::size_t) {
    const std::size_t n_blocks = place.args.cols / 256;
    const float* scale = place.args.scales + place.token * n_blocks + place.block;
    const std::int16_t* sums = place.args.sums_32 + (place.token * n_blocks + place.block) * 8;
    std::size_t t = 0;
    for (; t < place.n_tokens; ++t, scale += n_blocks, sums += 8 * n_blocks) {
      scales[t] = *scale;
      if constexpr (with_sums) __builtin_memcpy(sum_pairs[t], sums, sizeof sum_pairs[t]);
    }
    // The tile's other tokens: any numbers would do, but some are slow.
    for (; t < padded_tokens(place.n_tokens); ++t) scales[t] = 0;
  }
};

template <numeric::Format format>
class BlockProduct {
  using Block = BlockPlanes<format>;

 public:
  using Tokens = BlockTokens<Block::kVectorMinimums>;

  BlockProduct(const PanelPlace& place, const Tokens& tokens)
      : tokens_(tokens),
        codes_(place.args.codes + place.token * place.args.code_stride + place.block * 256),
        code_stride_(place.args.code_stride) {}

  // y of 16 rows and 16 or 32 tokens from `first` on. Their results are added while the next are multiplied.
  template <int token_tiles>
  void multiply(const Block& block, std::size_t first, RowSums& y) {
    clear_sums<token_tiles>();
    const std::int8_t* codes = codes_ + first * code_stride_;
    step<token_tiles, 0>(block, codes);
    step<token_tiles, 1>(block, codes);
    step<token_tiles, 2>(block, codes);
    step<token_tiles, 3>(block, codes);
    TileResults& results = results_[next_];
    store_tile<0>(results.planes[0]);
    if constexpr (token_tiles == 2) store_tile<1>(results.planes[0] + kTileRows);
    if constexpr (Block::kPlanes == 2) {
      store_tile<2>(results.planes[1]);
      if constexpr (token_tiles == 2) store_tile<3>(results.planes[1] + kTileRows);
    }
    before_ = waiting_;
    waiting_ = {&results, &block, &y, first, token_tiles};
    next_ = 1 - next_;
  }

  void finish() {
    add_quarter(before_, 3);
    for (std::size_t quarter = 0; quarter < 4; ++quarter) add_quarter(waiting_, quarter);
  }

 private:
  struct Waiting {
    const TileResults* results = nullptr;
    const Block* block = nullptr;
    RowSums* y = nullptr;
    std::size_t first = 0;
    std::size_t token_tiles = 0;
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
    load_rows<4>(codes + 64 * number, code_stride_);
    load_tile<6>(block.planes[0][number]);
    multiply_tiles<0, 4, 6, Block::kSigned[0]>();
    if constexpr (token_tiles == 2) {
      load_rows<5>(codes + 64 * number + 16 * code_stride_, code_stride_);
      multiply_tiles<1, 5, 6, Block::kSigned[0]>();
    }
    if constexpr (Block::kPlanes == 2) {
      load_tile<7>(block.planes[1][number]);
      multiply_tiles<2, 4, 7, Block::kSigned[1]>();
      if constexpr (token_tiles == 2) multiply_tiles<3, 5, 7, Block::kSigned[1]>();
    }
    // Beside the first products the results just finished are still being stored: their last quarter waits longer.
    number == 0 ? add_quarter(before_, 3) : add_quarter(waiting_, number - 1);
  }

  void add_quarter(const Waiting& waiting, std::size_t quarter) {
    for (std::size_t i = 0; i < waiting.token_tiles; ++i) add_four(waiting, (quarter * waiting.token_tiles + i) * 4);
  }

  // The block's fused multiply-adds of four tokens.
  void add_four(const Waiting& waiting, std::size_t token) const {
    const Block& block = *waiting.block;
    const float* scale = tokens_.scales + waiting.first + token;
    const std::int32_t(*sums)[4] = tokens_.sum_pairs + (Block::kVectorMinimums ? waiting.first + token : 0);
    float(*y)[16] = waiting.y->y + waiting.first + token;
    const std::int32_t(*first)[16] = waiting.results->planes[0] + token;
    const std::int32_t(*second)[16] = waiting.results->planes[1] + token;
#pragma GCC unroll 4
    for (std::size_t t = 0; t < 4; ++t) {
      const __m512 da = _mm512_set1_ps(scale[t]);
      __m512 sum = _mm512_load_ps(y[t]);
      sum = _mm512_fmadd_ps(_mm512_mul_ps(_mm512_load_ps(block.d), da),
                            _mm512_cvtepi32_ps(scaled_sums(first[t], second[t])), sum);
      if constexpr (quantized_layout(format).has_minimum) {
        const __m512i minimums = minimum_sums(block, second[t], sums[Block::kVectorMinimums ? t : 0]);
        sum = _mm512_fnmadd_ps(_mm512_mul_ps(_mm512_load_ps(block.minimum), da), _mm512_cvtepi32_ps(minimums), sum);
      }
      _mm512_store_ps(y[t], sum);
    }
  }

  static __m512i scaled_sums(const std::int32_t* first, const std::int32_t* second) {
    const __m512i a = _mm512_load_si512(first);
    if constexpr (Block::kSplit == Split::none) return _mm512_sub_epi32(_mm512_setzero_si512(), a);
    if constexpr (Block::kSplit == Split::minimums) return a;
    constexpr unsigned kShift = Block::kSplit == Split::three_bits ? 3 : 8;
    return _mm512_add_epi32(_mm512_slli_epi32(a, kShift), _mm512_load_si512(second));
  }

  static __m512i minimum_sums(const Block& block, const std::int32_t* second, const std::int32_t* sum_pairs) {
    if constexpr (!Block::kVectorMinimums) return _mm512_load_si512(second);
    __m512i total = _mm512_setzero_si512();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      total = _mm512_dpwssd_epi32(total, _mm512_load_si512(block.minimum_pairs[i]), _mm512_set1_epi32(sum_pairs[i]));
    }
    return total;
  }

  const Tokens& tokens_;
  const std::int8_t* codes_;
  std::size_t code_stride_;
  TileResults results_[2];
  int next_ = 0;
  Waiting waiting_;
  Waiting before_;
};

// One block of 256.
template <numeric::Format format>
class PlanesPanel {
 public:
  static constexpr TileShapes kShapes = kFullTiles;
  static constexpr std::size_t kBlockValues = 256;
  static constexpr std::size_t kTiles = 2;
  static constexpr std::size_t kBlocks = 1;
  using Tokens = typename BlockProduct<format>::Tokens;

  void unpack(const MatmulArgs& args, std::size_t row, std::size_t block, std::size_t) {
    const PackedTile<format> tile(args, row, block);
    unpack_block<format>(tile.header, tile.registers, block_);
  }

  static void add(const PlanesPanel* panels, std::size_t n_tiles, std::size_t, const PanelPlace& place,
                  const Tokens& tokens, RowSums* y) {
    BlockProduct<format> product(place, tokens);
    for (std::size_t token = 0; token < place.n_tokens; token += kPairTokens) {
      const bool two = place.n_tokens - token > kTileRows;
      for (std::size_t tile = 0; tile < n_tiles; ++tile) {
        two ? product.template multiply<2>(panels[tile].block_, token, y[tile])
            : product.template multiply<1>(panels[tile].block_, token, y[tile]);
      }
    }
    product.finish();
  }

 private:
  BlockPlanes<format> block_;
};

}  // namespace
}  // namespace minnow::kernels
