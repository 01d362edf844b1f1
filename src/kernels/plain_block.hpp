// A block of any quantized format with every number in a place of its own: what packing reads, what the scalar
// kernel computes with and what embedding rows are decoded from.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/quantized_layout.hpp"
#include "numeric/format.hpp"

namespace minnow::kernels {

struct PlainBlock {
  std::uint16_t d;
  std::uint16_t minimum;       // dmin, or the m of Q4_1 and Q5_1; 0 without one
  std::int8_t sub_scales[16];  // real ones, 1 in formats without
  std::uint8_t sub_minimums[16];
  std::uint8_t codes[256];  // unsigned, as quantized_layout.hpp says
};

// `block` is one block of `format` as files store it, at any address.
void read_block(numeric::Format format, const std::byte* block, PlainBlock& plain) noexcept;

// Bit-equal to numeric::decode of the block.
void decode_block(numeric::Format format, const PlainBlock& plain, float* values) noexcept;

}  // namespace minnow::kernels
