// Products of packed quantized weights with two and more tokens, in the layout and the definitions of NEON's dotprod
// kernels. smmla multiplies two rows of eight codes with eight activations of each of two tokens and adds up four sums:
// 32 products, where sdot has 16.
//
//   for each tile of up to 8 tokens, for each group of row tiles:
//     for each 256 values:         activations = pairs of tokens          once for the group
//       for each row tile, for each block:
//         for each 32 values:      codes = unpack, two rows to a register once for all tokens
//           for each pair:         S += sub_scale × smmla(codes, activations)
//         for each pair:           M = smmla(sub_minimums, sums);  acc = fma(…) as the definition says
//
// Offsets are subtracted while unpacking, so that codes and activations are both signed.
#pragma once

#include "kernels/i8mm/paired_tokens.hpp"
#include "kernels/neon/tile.hpp"
#include "kernels/tiles/unpack.hpp"

namespace minnow::kernels {
namespace {

constexpr std::size_t kRowPairs = Tile::kRows / 2;
constexpr std::size_t kGroupTiles = 16;  // row tiles that share one rearrangement of the activations

// Numbers of four rows as those of rows 0 and 1, and of 2 and 3, each for both tokens of a pair.
struct ForPairs {
  float32x4_t of[kRowPairs];
  explicit ForPairs(float32x4_t rows) : of{vzip1q_f32(rows, rows), vzip2q_f32(rows, rows)} {}
};
struct IntegersForPairs {
  int32x4_t of[kRowPairs];
  explicit IntegersForPairs(int32x4_t rows) : of{vzip1q_s32(rows, rows), vzip2q_s32(rows, rows)} {}
};

// 32 values of four rows, eight of each of two rows to a register.
template <numeric::Format format>
struct PairedCodes {
  int8x16_t of[kRowPairs][kUnitValues / 8];

  explicit PairedCodes(const std::uint8_t* registers) {
    constexpr QuantizedLayout kLayout = quantized_layout(format);
    Tile::Codes codes[8];
    unpack_integers<Tile, format>(registers, codes);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kUnitValues / 8; ++i) {
      const int32x4_t first = signed_codes<kLayout>(codes[2 * i]);
      const int32x4_t second = signed_codes<kLayout>(codes[2 * i + 1]);
      of[0][i] = vreinterpretq_s8_s32(vzip1q_s32(first, second));
      of[1][i] = vreinterpretq_s8_s32(vzip2q_s32(first, second));
    }
  }
  // unpack_integers has seen to offsets of 128 and to tables.
  template <QuantizedLayout layout>
  static int32x4_t signed_codes(Tile::Codes codes) {
    constexpr int kOffset = layout.code_offset == 128 ? 0 : layout.code_offset;
    return vreinterpretq_s32_u8(kOffset == 0 ? codes : Tile::minus(codes, kOffset));
  }
};

// Sub-minimums of four rows, eight groups of each of two rows to a register.
template <std::size_t eights>
struct PairedMinimums {
  int8x16_t of[kRowPairs][eights];

  explicit PairedMinimums(const SubScaleBytes<Tile>& sub) {
    const uint8x16_t every_fourth = {0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29};
#pragma GCC unroll 2
    for (std::size_t i = 0; i < eights; ++i) {
      const std::int8_t* bytes = sub.minimums[8 * i];  // [8 groups][4 rows]
      const int8x16x2_t both = {{vld1q_s8(bytes), vld1q_s8(bytes + 16)}};
      of[0][i] = vqtbl2q_s8(both, every_fourth);
      of[1][i] = vqtbl2q_s8(both, vaddq_u8(every_fourth, vdupq_n_u8(2)));
    }
  }
};

template <numeric::Format format, int pairs>
class PairProduct {
 public:
  using Tokens = PairedTokens<format, pairs>;
  static constexpr QuantizedLayout kLayout = Tokens::kLayout;
  static constexpr bool kHasSubScales = kLayout.sub_scales != SubScales::none;

  // One block of a row tile, whose first unit is number `unit` of the chunk.
  static void add_block(const std::uint8_t* header, const std::uint8_t* registers, std::size_t unit, const Tokens& x,
                        float32x4_t (&y)[pairs][kRowPairs]) {
    constexpr std::size_t kUnitBytes = code_bytes(kLayout, Tile::kRows) / Tokens::kUnitsInBlock;
    SubScaleBytes<Tile> sub;
    unpack_sub_scales<Tile, format>(header + Tile::kRows * (kLayout.has_minimum ? 4 : 2), sub);
    int32x4_t sums[pairs][kRowPairs] = {};
    for (std::size_t u = 0; u < Tokens::kUnitsInBlock; ++u, registers += kUnitBytes) {
      add_unit(PairedCodes<format>(registers), sub, u, x.codes[unit + u], sums);
    }
    const std::size_t block = unit / Tokens::kUnitsInBlock;
    const ForPairs d(Tile::load_f16(header));
#pragma GCC unroll 8
    for (std::size_t p = 0; p < pairs; ++p) {
#pragma GCC unroll 2
      for (std::size_t r = 0; r < kRowPairs; ++r) {
        y[p][r] = vfmaq_f32(y[p][r], vmulq_f32(d.of[r], x.scales[block][p]), vcvtq_f32_s32(sums[p][r]));
      }
    }
    if constexpr (kLayout.has_minimum) add_minimums(header + 2 * Tile::kRows, sub, block, x, y);
  }

 private:
  using UnitCodes = const int8x16_t[pairs][kUnitValues / 8];

  static void add_unit(const PairedCodes<format>& codes, const SubScaleBytes<Tile>& sub, std::size_t unit_in_block,
                       const UnitCodes& x, int32x4_t (&sums)[pairs][kRowPairs]) {
    constexpr std::size_t kParts = kUnitValues / static_cast<std::size_t>(kLayout.group_values);
    constexpr std::size_t kRegisters = kUnitValues / 8 / kParts;
#pragma GCC unroll 2
    for (std::size_t part = 0; part < kParts; ++part) {
      const IntegersForPairs scale(kHasSubScales ? Tile::load_scale(sub.scales[unit_in_block * kParts + part])
                                                 : vdupq_n_s32(1));
#pragma GCC unroll 8
      for (std::size_t p = 0; p < pairs; ++p) {
#pragma GCC unroll 2
        for (std::size_t r = 0; r < kRowPairs; ++r) {
          int32x4_t dot = vdupq_n_s32(0);
#pragma GCC unroll 4
          for (std::size_t i = part * kRegisters; i < (part + 1) * kRegisters; ++i) {
            dot = vmmlaq_s32(dot, codes.of[r][i], x[p][i]);
          }
          sums[p][r] = kHasSubScales ? vmlaq_s32(sums[p][r], dot, scale.of[r]) : dot;
        }
      }
    }
  }

  static void add_minimums(const std::uint8_t* minimum, const SubScaleBytes<Tile>& sub, std::size_t block,
                           const Tokens& x, float32x4_t (&y)[pairs][kRowPairs]) {
    const ForPairs factor(Tile::load_f16(minimum));
    if constexpr (kHasSubScales) {
      const PairedMinimums<Tokens::kEights> minimums(sub);
#pragma GCC unroll 8
      for (std::size_t p = 0; p < pairs; ++p) {
#pragma GCC unroll 2
        for (std::size_t r = 0; r < kRowPairs; ++r) {
          const float32x4_t sums = vcvtq_f32_s32(minimum_sums(minimums.of[r], p, x));
          y[p][r] = vfmsq_f32(y[p][r], vmulq_f32(factor.of[r], x.scales[block][p]), sums);
        }
      }
    } else {
#pragma GCC unroll 8
      for (std::size_t p = 0; p < pairs; ++p) {
#pragma GCC unroll 2
        for (std::size_t r = 0; r < kRowPairs; ++r) {
          y[p][r] = vfmaq_f32(y[p][r], vmulq_f32(factor.of[r], x.scales[block][p]), x.sums[block][p]);
        }
      }
    }
  }

  static int32x4_t minimum_sums(const int8x16_t (&minimums)[Tokens::kEights], std::size_t p, const Tokens& x) {
    int32x4_t total = vdupq_n_s32(0);
#pragma GCC unroll 2
    for (std::size_t i = 0; i < Tokens::kEights; ++i) total = vmmlaq_s32(total, minimums[i], x.high_sums[i][p]);
    total = vshlq_n_s32(total, 7);
#pragma GCC unroll 2
    for (std::size_t i = 0; i < Tokens::kEights; ++i) total = vmmlaq_s32(total, minimums[i], x.low_sums[i][p]);
    return total;
  }
};

template <int pairs>
void store_pairs(const float32x4_t (&y)[pairs][kRowPairs], float* to, std::size_t y_stride, std::size_t n_tokens,
                 std::size_t n_rows) {
  for (std::size_t t = 0; t < n_tokens; ++t) {
    const float32x4_t* of = y[t / 2];
    Tile::store(t % 2 == 0 ? vuzp1q_f32(of[0], of[1]) : vuzp2q_f32(of[0], of[1]), to + t * y_stride, n_rows);
  }
}

// Up to kGroupTiles row tiles × `n_tokens` of 2 × `pairs` tokens.
template <numeric::Format format, int pairs>
void multiply_group(const MatmulArgs& args, std::size_t row, std::size_t token, std::size_t n_tokens) {
  using Tokens = PairedTokens<format, pairs>;
  constexpr QuantizedLayout kLayout = Tokens::kLayout;
  constexpr std::size_t kHeaderBytes = header_bytes(kLayout, Tile::kRows);
  constexpr std::size_t kCodeBytes = code_bytes(kLayout, Tile::kRows);
  const std::size_t n_blocks = args.cols / static_cast<std::size_t>(kLayout.block_values);
  const std::size_t n_units = args.cols / kUnitValues;
  const std::size_t bytes = tile_bytes(kLayout, Tile::kRows, n_blocks);
  const std::size_t rows =
      args.n_rows - row < kGroupTiles * Tile::kRows ? args.n_rows - row : kGroupTiles * Tile::kRows;
  const auto* tiles = reinterpret_cast<const std::uint8_t*>(args.weights) + row / Tile::kRows * bytes;
  float32x4_t y[kGroupTiles][pairs][kRowPairs] = {};
  Tokens x;
  for (std::size_t unit = 0; unit < n_units; unit += kChunkUnits) {
    const std::size_t n = n_units - unit < kChunkUnits ? n_units - unit : kChunkUnits;
    x.load(args, token, unit, n);
    for (std::size_t tile = 0; tile * Tile::kRows < rows; ++tile) {
      const std::uint8_t* header = tiles + tile * bytes;
      const std::uint8_t* registers = header + all_header_bytes(kLayout, Tile::kRows, n_blocks);
      for (std::size_t u = 0; u < n; u += Tokens::kUnitsInBlock) {
        const std::size_t block = (unit + u) / Tokens::kUnitsInBlock;
        PairProduct<format, pairs>::add_block(header + block * kHeaderBytes, registers + block * kCodeBytes, u, x,
                                              y[tile]);
      }
    }
  }
  for (std::size_t tile = 0; tile * Tile::kRows < rows; ++tile) {
    const std::size_t first = row + tile * Tile::kRows;
    const std::size_t n_rows = args.n_rows - first < Tile::kRows ? args.n_rows - first : Tile::kRows;
    store_pairs<pairs>(y[tile], args.y + token * args.y_stride + first, args.y_stride, n_tokens, n_rows);
  }
}

template <numeric::Format format>
void multiply_pairs(const MatmulArgs& args) {
  constexpr std::size_t kRows = kGroupTiles * Tile::kRows;
  for (std::size_t token = 0; token < args.n_tokens; token += 8) {
    const std::size_t n = args.n_tokens - token < 8 ? args.n_tokens - token : 8;
    const auto multiply_rows = n > 4   ? multiply_group<format, 4>
                               : n > 2 ? multiply_group<format, 2>
                                       : multiply_group<format, 1>;
    for (std::size_t row = 0; row < args.n_rows; row += kRows) multiply_rows(args, row, token, n);
  }
}

}  // namespace
}  // namespace minnow::kernels
