// Products of many tokens with formats of 256-value blocks (K-quants and IQ4_XS) on the matrix unit.
//
//   for up to 512 tokens, for each 2048 values:          so that the activations stay in the second-level cache
//     for each two tiles of 16 rows:                     their sums y in a buffer of 64 KB
//       for each block: unpack it to planes              16 KB, once for all tokens
//         for each 32 tokens × 16 rows:                  4 × 4 tile products, in whose time the vector unit finishes
//           S of the block                               the 32 × 16 results before: acc = fma(d × da, S, acc); …
#pragma once

#include "kernels/amx/planes.hpp"
#include "kernels/matmul_kernel.hpp"

namespace minnow::kernels {
namespace {

inline constexpr TileShapes kFullTiles = {1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};

inline constexpr std::size_t kMostTokens = 512;
inline constexpr std::size_t kPanelTiles = 2;
inline constexpr std::size_t kBlocksAtOnce = 8;
inline constexpr std::size_t kPairTokens = 32;

struct alignas(64) RowSums {
  float y[kMostTokens][16];
};

// Results of 32 tokens and 16 rows on their way from the matrix unit to the vector unit.
struct alignas(64) TileResults {
  std::int32_t planes[2][kPairTokens][16];
};

// The activations of one block of values.
struct BlockActivations {
  const std::int8_t* codes;
  std::size_t code_stride;
  const float* scales;
  std::size_t n_blocks;
  const std::int16_t* sums;  // of 32 codes
  std::size_t n_sums;
};

template <numeric::Format format>
class BlockProduct {
  using Block = BlockPlanes<format>;

 public:
  explicit BlockProduct(const BlockActivations& x) : x_(x) {}

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
    add_rows(8 * number, 8 * number + 8);
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

  BlockActivations x_;
  TileResults results_[2];
  int next_ = 0;
  Waiting waiting_;
};

// One block of up to kPanelTiles tiles of rows with all tokens.
template <numeric::Format format>
void add_block(const BlockPlanes<format>* blocks, std::size_t n_tiles, const BlockActivations& x, std::size_t n_tokens,
               RowSums* y) {
  BlockProduct<format> product(x);
  for (std::size_t token = 0; token < n_tokens; token += kPairTokens) {
    const std::size_t end = n_tokens - token < kPairTokens ? n_tokens : token + kPairTokens;
    for (std::size_t tile = 0; tile < n_tiles; ++tile) {
      if (end - token > kTileRows) {
        product.template multiply<2>(blocks[tile], token, end, y[tile]);
      } else {
        product.template multiply<1>(blocks[tile], token, end, y[tile]);
      }
    }
  }
  product.finish();
}

template <numeric::Format format>
class PanelProduct {
  static constexpr QuantizedLayout kLayout = quantized_layout(format);

 public:
  PanelProduct(const MatmulArgs& args, std::size_t first_token)
      : args_(args),
        n_blocks_(args.cols / 256),
        first_token_(first_token),
        n_tokens_(args.n_tokens - first_token < kMostTokens ? args.n_tokens - first_token : kMostTokens) {}

  // Blocks `begin` to `end` of the tiles from the row `row` on.
  void multiply(std::size_t row, std::size_t begin, std::size_t end) {
    const std::size_t bytes = tile_bytes(kLayout, Tile::kRows, n_blocks_);
    const auto* tile = reinterpret_cast<const std::uint8_t*>(args_.weights) + row / Tile::kRows * bytes;
    const std::size_t tiles_left = (args_.n_rows - row + Tile::kRows - 1) / Tile::kRows;
    const std::size_t n_tiles = tiles_left < kPanelTiles ? tiles_left : kPanelTiles;
    load_sums(row, n_tiles, begin == 0);
    for (std::size_t block = begin; block < end; ++block) {
      for (std::size_t i = 0; i < n_tiles; ++i) {
        const std::uint8_t* header = tile + i * bytes;
        const std::uint8_t* registers = header + all_header_bytes(kLayout, Tile::kRows, n_blocks_);
        unpack_block<format>(header + block * header_bytes(kLayout, Tile::kRows),
                             registers + block * code_bytes(kLayout, Tile::kRows), blocks_[i]);
      }
      add_block<format>(blocks_, n_tiles, activations(block), n_tokens_, y_);
    }
    store_sums(row, n_tiles);
  }

 private:
  BlockActivations activations(std::size_t block) const {
    BlockActivations x{};
    x.code_stride = args_.code_stride;
    x.n_blocks = n_blocks_;
    x.n_sums = args_.cols / 32;
    x.codes = args_.codes + first_token_ * x.code_stride + block * 256;
    x.scales = args_.scales + first_token_ * x.n_blocks + block;
    x.sums = args_.sums_32 + first_token_ * x.n_sums + block * 8;
    return x;
  }

  // Calls visit(sums of 16 rows, where y has them, mask of the rows there are) for each token and tile.
  template <class Visit>
  void each_row(std::size_t row, std::size_t n_tiles, Visit visit) {
    for (std::size_t i = 0; i < n_tiles; ++i, row += Tile::kRows) {
      const std::size_t rows = args_.n_rows - row;
      const auto mask = static_cast<__mmask16>(rows >= 16 ? 0xffffu : (1u << rows) - 1);
      float* y = args_.y + first_token_ * args_.y_stride + row;
      for (std::size_t t = 0; t < n_tokens_; ++t) visit(y_[i].y[t], y + t * args_.y_stride, mask);
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
  BlockPlanes<format> blocks_[kPanelTiles];
  RowSums y_[kPanelTiles];
};

template <numeric::Format format>
void multiply_blocks_of_256(const MatmulArgs& args) {
  const TileUnit unit(kFullTiles);
  const std::size_t n_blocks = args.cols / 256;
  for (std::size_t token = 0; token < args.n_tokens; token += kMostTokens) {
    PanelProduct<format> product(args, token);
    for (std::size_t block = 0; block < n_blocks; block += kBlocksAtOnce) {
      const std::size_t end = n_blocks - block < kBlocksAtOnce ? n_blocks : block + kBlocksAtOnce;
      for (std::size_t row = 0; row < args.n_rows; row += kPanelTiles * Tile::kRows) product.multiply(row, block, end);
    }
  }
}

}  // namespace
}  // namespace minnow::kernels
