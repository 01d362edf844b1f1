#include "kernels/plain_block.hpp"

#include <cstring>

#include "numeric/blocks_32.hpp"
#include "numeric/blocks_iq4.hpp"
#include "numeric/blocks_k.hpp"
#include "numeric/half.hpp"

namespace minnow::kernels {
namespace {

using namespace numeric;

// In 32 values, byte i holds value i in its low half and value i + 16 in its high half.
void read_halves(const std::uint8_t* nibbles, std::uint8_t* codes) {
  for (int i = 0; i < 16; ++i) {
    codes[i] = nibbles[i] & 15;
    codes[i + 16] = nibbles[i] >> 4;
  }
}

// In 64 values, byte i holds value i in its low half and value i + 32 in its high half.
void read_nibbles(const std::uint8_t* nibbles, std::uint8_t* codes) {
  for (int i = 0; i < 32; ++i) {
    codes[i] = nibbles[i] & 15;
    codes[i + 32] = nibbles[i] >> 4;
  }
}

void read_pairs(const std::uint8_t* pairs, std::uint8_t* codes) {
  for (int v = 0; v < 256; ++v) codes[v] = (pairs[32 * (v / 128) + v % 32] >> (2 * (v / 32 % 4))) & 3;
}

void read(const BlockQ4_0& block, PlainBlock& plain) { read_halves(block.nibbles, plain.codes); }

void read(const BlockQ4_1& block, PlainBlock& plain) {
  plain.minimum = block.m;
  read_halves(block.nibbles, plain.codes);
}

void add_fifth_bits(const std::uint8_t* high, std::uint8_t* codes) {
  for (int v = 0; v < 32; ++v) codes[v] = static_cast<std::uint8_t>(codes[v] | (((high[v / 8] >> (v % 8)) & 1) << 4));
}

void read(const BlockQ5_0& block, PlainBlock& plain) {
  read_halves(block.nibbles, plain.codes);
  add_fifth_bits(block.high, plain.codes);
}

void read(const BlockQ5_1& block, PlainBlock& plain) {
  plain.minimum = block.m;
  read_halves(block.nibbles, plain.codes);
  add_fifth_bits(block.high, plain.codes);
}

void read(const BlockQ8_0& block, PlainBlock& plain) {
  for (int v = 0; v < 32; ++v) plain.codes[v] = static_cast<std::uint8_t>(block.values[v] + 128);
}

void read(const BlockIQ4NL& block, PlainBlock& plain) { read_halves(block.nibbles, plain.codes); }

void read(const BlockIQ4XS& block, PlainBlock& plain) {
  for (int j = 0; j < 8; ++j) {
    plain.sub_scales[j] = static_cast<std::int8_t>(iq4_xs_scale(block, j));
    read_halves(block.nibbles + 16 * j, plain.codes + 32 * j);
  }
}

void read(const BlockQ2K& block, PlainBlock& plain) {
  plain.minimum = block.dmin;
  for (int j = 0; j < 16; ++j) {
    plain.sub_scales[j] = static_cast<std::int8_t>(block.scales[j] & 15);
    plain.sub_minimums[j] = block.scales[j] >> 4;
  }
  read_pairs(block.pairs, plain.codes);
}

void read(const BlockQ3K& block, PlainBlock& plain) {
  unpack_q3_k_scales(block.scales, plain.sub_scales);
  read_pairs(block.pairs, plain.codes);
  for (int v = 0; v < 256; ++v) {
    plain.codes[v] = static_cast<std::uint8_t>(plain.codes[v] | (((block.high[v % 32] >> (v / 32)) & 1) << 2));
  }
}

// Q4_K and Q5_K
template <typename Block>
void read_scales_and_nibbles(const Block& block, PlainBlock& plain) {
  plain.minimum = block.dmin;
  std::uint8_t scales[8];
  unpack_scales_and_minimums(block.scales, scales, plain.sub_minimums);
  for (int j = 0; j < 8; ++j) plain.sub_scales[j] = static_cast<std::int8_t>(scales[j]);
  for (int half = 0; half < 4; ++half) read_nibbles(block.nibbles + 32 * half, plain.codes + 64 * half);
}

void read(const BlockQ4K& block, PlainBlock& plain) { read_scales_and_nibbles(block, plain); }

void read(const BlockQ5K& block, PlainBlock& plain) {
  read_scales_and_nibbles(block, plain);
  for (int v = 0; v < 256; ++v) {
    plain.codes[v] = static_cast<std::uint8_t>(plain.codes[v] | (((block.high[v % 32] >> (v / 32)) & 1) << 4));
  }
}

void read(const BlockQ6K& block, PlainBlock& plain) {
  std::memcpy(plain.sub_scales, block.scales, 16);
  for (int v = 0; v < 256; ++v) {
    const int half = v / 128;
    const int lane = v % 128;
    const int low = (block.low[64 * half + lane % 64] >> (lane < 64 ? 0 : 4)) & 15;
    const int high = (block.high[32 * half + lane % 32] >> (2 * (lane / 32))) & 3;
    plain.codes[v] = static_cast<std::uint8_t>(low | (high << 4));
  }
}

template <typename Block>
void read_bytes(const std::byte* bytes, PlainBlock& plain) {
  Block block;
  std::memcpy(&block, bytes, sizeof block);
  plain.d = block.d;
  read(block, plain);
}

}  // namespace

void read_block(Format format, const std::byte* block, PlainBlock& plain) noexcept {
  plain.minimum = 0;
  std::memset(plain.sub_scales, 1, sizeof plain.sub_scales);
  std::memset(plain.sub_minimums, 0, sizeof plain.sub_minimums);
  switch (format) {
    case Format::q4_0:
      return read_bytes<BlockQ4_0>(block, plain);
    case Format::q4_1:
      return read_bytes<BlockQ4_1>(block, plain);
    case Format::q5_0:
      return read_bytes<BlockQ5_0>(block, plain);
    case Format::q5_1:
      return read_bytes<BlockQ5_1>(block, plain);
    case Format::q8_0:
      return read_bytes<BlockQ8_0>(block, plain);
    case Format::q2_k:
      return read_bytes<BlockQ2K>(block, plain);
    case Format::q3_k:
      return read_bytes<BlockQ3K>(block, plain);
    case Format::q4_k:
      return read_bytes<BlockQ4K>(block, plain);
    case Format::q5_k:
      return read_bytes<BlockQ5K>(block, plain);
    case Format::q6_k:
      return read_bytes<BlockQ6K>(block, plain);
    case Format::iq4_nl:
      return read_bytes<BlockIQ4NL>(block, plain);
    case Format::iq4_xs:
      return read_bytes<BlockIQ4XS>(block, plain);
    case Format::f32:
    case Format::f16:
    case Format::bf16:
      return;  // not quantized: nobody asks
  }
}

void decode_block(Format format, const PlainBlock& plain, float* values) noexcept {
  const QuantizedLayout layout = quantized_layout(format);
  const float d = f16_to_f32(plain.d);
  const float minimum = f16_to_f32(plain.minimum);
  for (int v = 0; v < layout.block_values; ++v) {
    const int group = v / layout.group_values;
    const int code = plain.codes[v];
    const float integer = static_cast<float>(layout.is_table ? kIq4Table[code] : code - layout.code_offset);
    const float scaled = d * static_cast<float>(plain.sub_scales[group]) * integer;
    if (!layout.has_minimum) {
      values[v] = scaled;
    } else if (layout.sub_scales == SubScales::none) {
      values[v] = scaled + minimum;
    } else {
      values[v] = scaled - minimum * static_cast<float>(plain.sub_minimums[group]);
    }
  }
}

}  // namespace minnow::kernels
