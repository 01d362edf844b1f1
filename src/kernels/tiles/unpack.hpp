// Packed registers back to codes and sub-scales (the layout is drawn in quantized_layout.hpp).
#pragma once

#include "kernels/quantized_layout.hpp"
#include "kernels/tiles/tiles.hpp"

namespace minnow::kernels {
namespace {

// codes[g] for the 8 groups of 4 among 32 values; `bits` is a plane's, `shift` where they belong in the code.
template <class Tile, int bits, int shift>
[[gnu::always_inline]] inline void add_plane(const std::uint8_t* registers, typename Tile::Codes (&codes)[8]) {
  constexpr int kPerRegister = 8 / bits;
  constexpr int kMask = ((1 << bits) - 1) << shift;
  constexpr std::size_t kRegisterBytes = 4 * Tile::kRows;
#pragma GCC unroll 8
  for (int g = 0; g < 8; ++g) {
    const auto packed = Tile::load(registers + static_cast<std::size_t>(g / kPerRegister) * kRegisterBytes);
    const int right = g % kPerRegister * bits - shift;
    const auto moved = right > 0   ? Tile::shift_right(packed, right)
                       : right < 0 ? Tile::shift_left(packed, -right)
                                   : packed;
    constexpr bool kAlone = Tile::kShiftsBytes && shift == 0;
    const auto here = kAlone && right == 8 - bits ? moved : Tile::low_bits(moved, kMask);
    codes[g] = shift == 0 ? here : Tile::either(codes[g], here);
  }
}

template <class Tile, int code_bits>
[[gnu::always_inline]] inline void unpack_codes(const std::uint8_t* registers, typename Tile::Codes (&codes)[8]) {
  constexpr std::size_t kRegisterBytes = 4 * Tile::kRows;
  if constexpr (code_bits == 8) {
#pragma GCC unroll 8
    for (std::size_t g = 0; g < 8; ++g) codes[g] = Tile::load(registers + g * kRegisterBytes);
    return;
  }
  if constexpr (code_bits == 2 || code_bits == 3) add_plane<Tile, 2, 0>(registers, codes);
  if constexpr (code_bits == 3) add_plane<Tile, 1, 2>(registers + 2 * kRegisterBytes, codes);
  if constexpr (code_bits >= 4) add_plane<Tile, 4, 0>(registers, codes);
  if constexpr (code_bits == 5) add_plane<Tile, 1, 4>(registers + 4 * kRegisterBytes, codes);
  if constexpr (code_bits == 6) add_plane<Tile, 2, 4>(registers + 4 * kRegisterBytes, codes);
}

// 32 values of every row as the integers the dot product takes.
template <class Tile, numeric::Format format>
[[gnu::always_inline]] inline void unpack_integers(const std::uint8_t* registers, typename Tile::Codes (&codes)[8]) {
  constexpr QuantizedLayout kLayout = quantized_layout(format);
  unpack_codes<Tile, kLayout.code_bits>(registers, codes);
  if constexpr (kLayout.is_table) {
#pragma GCC unroll 8
    for (auto& code : codes) code = Tile::look_up(code);
  } else if constexpr (kLayout.code_bits == 8 && Tile::kSignedCodes) {
#pragma GCC unroll 8
    for (auto& code : codes) code = Tile::minus(code, 128);
  }
}

// Sub-scales and sub-minimums of one block, a byte for each group and row.
template <class Tile>
struct SubScaleBytes {
  alignas(64) std::int8_t scales[16][Tile::kRows];
  alignas(64) std::int8_t minimums[16][Tile::kRows];
};

// Numbers 0…15 of a six_bit header, four at a time: a register holds byte j of all rows for four j.
template <class Tile>
struct SixBit {
  typename Tile::Codes numbers[4];

  explicit SixBit(const std::uint8_t* bytes) {
    constexpr std::size_t kRegisterBytes = 4 * Tile::kRows;
    typename Tile::Codes packed[3];
    for (std::size_t j = 0; j < 3; ++j) {
      packed[j] = Tile::load(bytes + j * kRegisterBytes);
      numbers[j] = Tile::low_bits(packed[j], 63);
    }
    const auto last = Tile::either(Tile::low_bits(Tile::shift_right(packed[0], 6), 3),
                                   Tile::low_bits(Tile::shift_right(packed[1], 4), 12));
    numbers[3] = Tile::either(last, Tile::low_bits(Tile::shift_right(packed[2], 2), 48));
  }
};

template <class Tile, numeric::Format format>
[[gnu::always_inline]] inline void unpack_sub_scales(const std::uint8_t* bytes, SubScaleBytes<Tile>& out) {
  constexpr QuantizedLayout kLayout = quantized_layout(format);
  constexpr std::size_t kRegisterBytes = 4 * Tile::kRows;
  if constexpr (kLayout.sub_scales == SubScales::six_bit) {
    const SixBit<Tile> six(bytes);
    for (int j = 0; j < 4; ++j) {
      if constexpr (kLayout.has_minimum) {
        Tile::store(six.numbers[j], j < 2 ? out.scales[4 * j] : out.minimums[4 * (j - 2)]);
      } else {
        Tile::store(Tile::minus(six.numbers[j], kLayout.sub_scale_offset), out.scales[4 * j]);
      }
    }
  } else if constexpr (kLayout.sub_scales == SubScales::nibble_pairs) {
    for (int j = 0; j < 4; ++j) {
      const auto pairs = Tile::load(bytes + static_cast<std::size_t>(j) * kRegisterBytes);
      Tile::store(Tile::low_bits(pairs, 15), out.scales[4 * j]);
      Tile::store(Tile::low_bits(Tile::shift_right(pairs, 4), 15), out.minimums[4 * j]);
    }
  } else if constexpr (kLayout.sub_scales == SubScales::bytes) {
    for (int j = 0; j < kLayout.groups() / 4; ++j) {
      Tile::store(Tile::load(bytes + static_cast<std::size_t>(j) * kRegisterBytes), out.scales[4 * j]);
    }
  }
}

}  // namespace
}  // namespace minnow::kernels
