// Products of packed quantized weights, for every format and any vector instruction set.
//
//   for each block of a tile of rows:                       cost per weight byte is in each Tile's file
//     for each token:      M = sum over groups of sub_minimum × sum(activations)
//     for each 32 values:  codes = unpack(registers)        once for all tokens of the token tile
//       for each token:    S += sub_scale × dot(codes, activations)
//     for each token:      acc = fma(d × da, S, acc);  acc = fma(-dmin × da, M, acc)
//
// Codes that carry an offset (8 in Q4_0, 32 in Q6_K, …) are multiplied as they are and S begins with what puts it
// right: -offset × (sum of sub_scale × sum(activations)), in integers, so nothing is rounded.
#pragma once

#include "kernels/fetch_ahead.hpp"
#include "kernels/kernel_table.hpp"
#include "kernels/matmul_kernel.hpp"
#include "kernels/quantized_kernels.hpp"
#include "kernels/tiles/unpack.hpp"

namespace minnow::kernels {
namespace {

// What a format needs beside S.
template <class Tile, numeric::Format format>
struct Traits {
  static constexpr QuantizedLayout kLayout = quantized_layout(format);
  static constexpr std::size_t kBlockValues = static_cast<std::size_t>(kLayout.block_values);
  static constexpr bool kHasSubScales = kLayout.sub_scales != SubScales::none;
  static constexpr int kOffset = kLayout.code_offset == 128 && Tile::kSignedCodes ? 0 : kLayout.code_offset;
  static constexpr int kMaxCode = kLayout.max_code();
  static constexpr bool kNeedsSums = kOffset != 0 || kLayout.has_minimum;
  static constexpr int kGroupsIn32 = 32 / kLayout.group_values;
};

// Where one token tile's activations begin.
template <int tokens>
struct TokenTile {
  const std::int8_t* codes;
  const float* scales;
  const std::int16_t* sums;  // of every 16 or 32 codes, as long as the format's groups
  std::size_t code_stride;
  std::size_t n_blocks;
  std::size_t n_sums;
};

template <class Tile, numeric::Format format, int tokens>
struct Accumulator {
  using T = Traits<Tile, format>;
  typename Tile::Sums scaled[tokens];    // S
  typename Tile::Sums minimums[tokens];  // M, or what an offset needs
  typename Tile::Floats y[tokens];

  Accumulator() {
    for (auto& sum : y) sum = Tile::no_floats();
  }

  // What comes from the sums of activations alone: M, two groups at a time, and what S begins with.
  void start_block(const SubScaleBytes<Tile>& sub, std::size_t block, const TokenTile<tokens>& x) {
    constexpr std::size_t kGroups = static_cast<std::size_t>(T::kLayout.groups());
    if constexpr (!T::kHasSubScales) {
#pragma GCC unroll 8
      for (std::size_t t = 0; t < tokens; ++t) {
        const std::int32_t sum = T::kNeedsSums ? x.sums[t * x.n_sums + block] : 0;
        scaled[t] = Tile::all(-T::kOffset * sum);
        minimums[t] = Tile::all(sum);
      }
      return;
    }
#pragma GCC unroll 8
    for (auto& sum : minimums) sum = Tile::all(0);
    if constexpr (T::kHasSubScales && T::kNeedsSums) {
#pragma GCC unroll 8
      for (std::size_t group = 0; group < kGroups; group += 2) {
        const auto pair = Tile::load_scale_pair(T::kOffset != 0 ? sub.scales[group] : sub.minimums[group]);
        const std::int16_t* sums = x.sums + block * kGroups + group;
#pragma GCC unroll 8
        for (std::size_t t = 0; t < tokens; ++t) {
          minimums[t] = Tile::add_products(minimums[t], pair, sums + t * x.n_sums);
        }
      }
    }
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t) {
      scaled[t] = T::kOffset != 0 ? Tile::subtract(Tile::all(0), T::kOffset, minimums[t]) : Tile::all(0);
    }
  }

  // 32 values, the first of which is number `unit` × 32 of the row.
  void add_unit(const std::uint8_t* registers, const SubScaleBytes<Tile>& sub, std::size_t unit_in_block,
                std::size_t unit, const TokenTile<tokens>& x) {
    typename Tile::Codes codes[8];
    unpack_integers<Tile, format>(registers, codes);
    constexpr int kParts = T::kGroupsIn32;
    constexpr int kCodes = 8 / kParts;
#pragma GCC unroll 2
    for (int part = 0; part < kParts; ++part) {
      const std::int8_t* activations = x.codes + unit * 32 + part * 16;
      if constexpr (!T::kHasSubScales) {
#pragma GCC unroll 8
        for (std::size_t t = 0; t < tokens; ++t) {
          scaled[t] = Tile::template add_dot<T::kMaxCode, 8>(scaled[t], codes, activations + t * x.code_stride);
        }
      } else {
        const auto scale = Tile::load_scale(sub.scales[unit_in_block * kParts + static_cast<std::size_t>(part)]);
#pragma GCC unroll 8
        for (std::size_t t = 0; t < tokens; ++t) {
          scaled[t] = Tile::template add_scaled_dot<T::kMaxCode, kCodes>(scaled[t], codes + part * kCodes,
                                                                         activations + t * x.code_stride, scale);
        }
      }
    }
  }

  // The block's one or two fused multiply-adds.
  void finish_block(const std::uint8_t* header, std::size_t block, const TokenTile<tokens>& x) {
    const auto d = Tile::load_f16(header);
#pragma GCC unroll 8
    for (std::size_t t = 0; t < tokens; ++t) {
      const float scale = x.scales[t * x.n_blocks + block];
      y[t] = Tile::fma(Tile::times(d, scale), Tile::to_floats(scaled[t]), y[t]);
      if constexpr (T::kLayout.has_minimum) {
        const auto minimum = Tile::load_f16(header + 2 * Tile::kRows);
        const auto factor = Tile::times(minimum, T::kHasSubScales ? -scale : scale);
        y[t] = Tile::fma(factor, Tile::to_floats(minimums[t]), y[t]);
      }
    }
  }
};

// One tile of rows × `tokens` tokens.
template <class Tile, numeric::Format format, int tokens>
void multiply_tile(const std::uint8_t* tile, const TokenTile<tokens>& x, float* y, std::size_t y_stride,
                   std::size_t n_rows) {
  using T = Traits<Tile, format>;
  constexpr QuantizedLayout kLayout = T::kLayout;
  constexpr std::size_t kUnits = T::kBlockValues / 32;
  constexpr std::size_t kUnitBytes = code_bytes(kLayout, Tile::kRows) / kUnits;
  constexpr std::size_t kHeaderBytes = header_bytes(kLayout, Tile::kRows);
  const std::uint8_t* header = tile;
  const std::uint8_t* registers = tile + all_header_bytes(kLayout, Tile::kRows, x.n_blocks);
  const std::uint8_t* fetched = registers;  // moves over headers and codes in the order of their addresses
  Accumulator<Tile, format, tokens> sums;
  SubScaleBytes<Tile> sub;
  for (std::size_t block = 0; block < x.n_blocks; ++block, header += kHeaderBytes) {
    unpack_sub_scales<Tile, format>(header + Tile::kRows * (kLayout.has_minimum ? 4 : 2), sub);
    sums.start_block(sub, block, x);
    fetched = fetch_beyond<kHeaderBytes>(fetched);
    for (std::size_t unit = 0; unit < kUnits; ++unit, registers += kUnitBytes) {
      fetched = fetch_beyond<kUnitBytes>(fetched);
      sums.add_unit(registers, sub, unit, block * kUnits + unit, x);
    }
    sums.finish_block(header, block, x);
  }
  for (std::size_t t = 0; t < tokens; ++t) Tile::store(sums.y[t], y + t * y_stride, n_rows);
}

template <class Tile, numeric::Format format, int tokens>
void multiply_tokens(const MatmulArgs& args, std::size_t token) {
  using T = Traits<Tile, format>;
  constexpr std::size_t kRows = Tile::kRows;
  constexpr bool kSumsOf16 = T::kLayout.group_values == 16;
  TokenTile<tokens> x{};
  x.code_stride = args.code_stride;
  x.n_blocks = args.cols / T::kBlockValues;
  x.n_sums = args.cols / static_cast<std::size_t>(T::kLayout.group_values);
  x.codes = args.codes + token * x.code_stride;
  x.scales = args.scales + token * x.n_blocks;
  x.sums = (kSumsOf16 ? args.sums_16 : args.sums_32) + token * x.n_sums;
  const auto* tile = reinterpret_cast<const std::uint8_t*>(args.weights);
  const std::size_t bytes = tile_bytes(T::kLayout, kRows, x.n_blocks);
  for (std::size_t row = 0; row < args.n_rows; row += kRows, tile += bytes) {
    const std::size_t n_rows = args.n_rows - row < kRows ? args.n_rows - row : kRows;
    multiply_tile<Tile, format, tokens>(tile, x, args.y + token * args.y_stride + row, args.y_stride, n_rows);
  }
}

template <class Tile, numeric::Format format, int tokens>
void multiply_from(const MatmulArgs& args, std::size_t token) {
  for (; token + tokens <= args.n_tokens; token += tokens) multiply_tokens<Tile, format, tokens>(args, token);
  if constexpr (tokens > 1) {
    if (token < args.n_tokens) multiply_from<Tile, format, tokens / 2>(args, token);
  }
}

template <class Tile, numeric::Format format>
void multiply(const MatmulArgs& args) noexcept {
  multiply_from<Tile, format, Tile::kTokens>(args, 0);
}

template <class Tile>
struct TileKernels {
  template <numeric::Format format>
  static constexpr MatmulKernel of = {format, static_cast<std::size_t>(quantized_layout(format).block_values),
                                      Tile::kRows, multiply<Tile, format>};
};

template <class Tile>
void add_quantized_products(KernelTable& table) {
  add_quantized_kernels<TileKernels<Tile>>(table);
}

// The kernel of one format, for those who have better ones for many tokens only.
template <class Tile>
const MatmulKernel& quantized_product(numeric::Format format) {
  static const KernelTable table = [] {
    KernelTable products{};
    add_quantized_products<Tile>(products);
    return products;
  }();
  return *table.matmul[static_cast<int>(format)];
}

}  // namespace
}  // namespace minnow::kernels
