// What a format's file must provide: conversions of whole blocks. format.cpp keeps the table of them.
// Blocks are read and written as bytes because a file may put them at any address.
#pragma once

#include <cstddef>
#include <cstring>

namespace minnow::numeric::detail {

using DecodeBlocks = void (*)(const std::byte* blocks, std::size_t n_values, float* values);
// By a fixed formula; null in formats with a search (encoder/encoder.hpp).
using EncodeBlocks = void (*)(const float* values, std::size_t n_values, std::byte* blocks);
// Whether a scale (or, in a format without scales, a value) of one block is infinite or not a number.
using HasNonFinite = bool (*)(const std::byte* blocks, std::size_t n_values);

struct Codec {
  DecodeBlocks decode;
  EncodeBlocks encode;
  HasNonFinite has_non_finite;
};

extern const Codec kF32, kF16, kBf16;
extern const Codec kQ4_0, kQ4_1, kQ5_0, kQ5_1, kQ8_0;
extern const Codec kQ2K, kQ3K, kQ4K, kQ5K, kQ6K;
extern const Codec kIq4Nl, kIq4Xs;

// An f16 is infinite or not a number when its exponent is all ones.
inline bool f16_is_finite(unsigned half) { return (half & 0x7c00u) != 0x7c00u; }

// Calls decode_block(const Block&, float* values) for each block.
template <typename Block, void (*decode_block)(const Block&, float*)>
void decode_all(const std::byte* blocks, std::size_t n_values, float* values) {
  for (std::size_t value = 0; value < n_values; value += Block::kValues, blocks += sizeof(Block)) {
    Block block;
    std::memcpy(&block, blocks, sizeof(Block));
    decode_block(block, values + value);
  }
}

// Calls encode_block(const float* values), which returns the Block, for each block.
template <typename Block, Block (*encode_block)(const float*)>
void encode_all(const float* values, std::size_t n_values, std::byte* blocks) {
  for (std::size_t value = 0; value < n_values; value += Block::kValues, blocks += sizeof(Block)) {
    const Block block = encode_block(values + value);
    std::memcpy(blocks, &block, sizeof(Block));
  }
}

// Looks at d, and where the format has one at its companion (m or dmin).
template <typename Block>
bool any_scale_non_finite(const std::byte* blocks, std::size_t n_values) {
  for (std::size_t value = 0; value < n_values; value += Block::kValues, blocks += sizeof(Block)) {
    Block block;
    std::memcpy(&block, blocks, sizeof(Block));
    if (!f16_is_finite(block.d)) return true;
    if constexpr (requires { block.m; }) {
      if (!f16_is_finite(block.m)) return true;
    }
    if constexpr (requires { block.dmin; }) {
      if (!f16_is_finite(block.dmin)) return true;
    }
  }
  return false;
}

}  // namespace minnow::numeric::detail
