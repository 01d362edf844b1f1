// Decoding of Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0; encoder/ holds the search for good scales. Q8_0 has a formula instead:
// its scale is the largest magnitude over 127, bit for bit as files of this format always have it.
#include "numeric/blocks_32.hpp"

#include <bit>

#include "numeric/codec.hpp"
#include "numeric/half.hpp"
#include "numeric/rounding.hpp"

namespace minnow::numeric::detail {
namespace {

constexpr int kValues = 32;
constexpr int kHalf = 16;

std::uint32_t read_high_bits(const std::uint8_t high[4]) {
  return high[0] | (std::uint32_t{high[1]} << 8) | (std::uint32_t{high[2]} << 16) | (std::uint32_t{high[3]} << 24);
}

void decode_q4_0(const BlockQ4_0& block, float* values) {
  const float d = f16_to_f32(block.d);
  for (int i = 0; i < kHalf; ++i) {
    values[i] = d * static_cast<float>((block.nibbles[i] & 15) - 8);
    values[i + kHalf] = d * static_cast<float>((block.nibbles[i] >> 4) - 8);
  }
}

void decode_q4_1(const BlockQ4_1& block, float* values) {
  const float d = f16_to_f32(block.d);
  const float m = f16_to_f32(block.m);
  for (int i = 0; i < kHalf; ++i) {
    values[i] = d * static_cast<float>(block.nibbles[i] & 15) + m;
    values[i + kHalf] = d * static_cast<float>(block.nibbles[i] >> 4) + m;
  }
}

void decode_q5_0(const BlockQ5_0& block, float* values) {
  const float d = f16_to_f32(block.d);
  const std::uint32_t high = read_high_bits(block.high);
  for (int i = 0; i < kHalf; ++i) {
    const int first = (block.nibbles[i] & 15) | static_cast<int>((high >> i & 1) << 4);
    const int second = (block.nibbles[i] >> 4) | static_cast<int>((high >> (i + kHalf) & 1) << 4);
    values[i] = d * static_cast<float>(first - 16);
    values[i + kHalf] = d * static_cast<float>(second - 16);
  }
}

void decode_q5_1(const BlockQ5_1& block, float* values) {
  const float d = f16_to_f32(block.d);
  const float m = f16_to_f32(block.m);
  const std::uint32_t high = read_high_bits(block.high);
  for (int i = 0; i < kHalf; ++i) {
    const int first = (block.nibbles[i] & 15) | static_cast<int>((high >> i & 1) << 4);
    const int second = (block.nibbles[i] >> 4) | static_cast<int>((high >> (i + kHalf) & 1) << 4);
    values[i] = d * static_cast<float>(first) + m;
    values[i + kHalf] = d * static_cast<float>(second) + m;
  }
}

void decode_q8_0(const BlockQ8_0& block, float* values) {
  const float d = f16_to_f32(block.d);
  for (int i = 0; i < kValues; ++i) values[i] = d * static_cast<float>(block.values[i]);
}

float largest_magnitude(const float* values) {
  std::int32_t most = 0;  // magnitudes are in the order of their bits, and integers have a vector maximum everywhere
  for (int i = 0; i < kValues; ++i) {
    const auto magnitude = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(values[i]) & 0x7fffffffu);
    most = magnitude > most ? magnitude : most;
  }
  return std::bit_cast<float>(most);
}

BlockQ8_0 encode_q8_0(const float* values) {
  BlockQ8_0 block;
  const float d = largest_magnitude(values) / 127.0f;
  const float per_step = inverse(d);
  block.d = f32_to_f16(d);
  for (int i = 0; i < kValues; ++i) {
    block.values[i] = static_cast<std::int8_t>(round_away_within(values[i] * per_step, 127));
  }
  return block;
}

template <typename Block, void (*decode_block)(const Block&, float*)>
constexpr Codec kSearched{decode_all<Block, decode_block>, nullptr, any_scale_non_finite<Block>};

}  // namespace

const Codec kQ4_0 = kSearched<BlockQ4_0, decode_q4_0>;
const Codec kQ4_1 = kSearched<BlockQ4_1, decode_q4_1>;
const Codec kQ5_0 = kSearched<BlockQ5_0, decode_q5_0>;
const Codec kQ5_1 = kSearched<BlockQ5_1, decode_q5_1>;
const Codec kQ8_0{decode_all<BlockQ8_0, decode_q8_0>, encode_all<BlockQ8_0, encode_q8_0>,
                  any_scale_non_finite<BlockQ8_0>};

}  // namespace minnow::numeric::detail
