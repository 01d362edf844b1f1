// Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0. Encoding takes the scale from the largest magnitude (or the range) in a block;
// these formulas are fixed by the files people already have, and reproduced bit for bit.
#include "numeric/blocks_32.hpp"

#include <algorithm>
#include <cmath>

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

// The first value of the largest magnitude, with its sign.
float extreme(const float* values) {
  float found = values[0];
  for (int i = 1; i < kValues; ++i) {
    if (std::fabs(values[i]) > std::fabs(found)) found = values[i];
  }
  return found;
}

// Two integers below 16 per byte: i and i + 16.
void pack_nibbles(const int integers[kValues], std::uint8_t nibbles[kHalf]) {
  for (int i = 0; i < kHalf; ++i) {
    nibbles[i] = static_cast<std::uint8_t>((integers[i] & 15) | ((integers[i + kHalf] & 15) << 4));
  }
}

void pack_fifth_bits(const int integers[kValues], std::uint8_t high[4]) {
  std::fill_n(high, 4, std::uint8_t{0});
  for (int i = 0; i < kValues; ++i) {
    high[i / 8] = static_cast<std::uint8_t>(high[i / 8] | ((integers[i] >> 4) << (i % 8)));
  }
}

// The extreme value gets the integer 0, the end of the range that has one step more. Returns d.
template <int kSteps>
float to_integers_around_middle(const float* values, int integers[kValues]) {
  constexpr int kMiddle = kSteps / 2;
  const float d = extreme(values) / static_cast<float>(-kMiddle);
  const float per_step = inverse(d);
  for (int i = 0; i < kValues; ++i) {
    integers[i] = truncate_between(values[i] * per_step + (static_cast<float>(kMiddle) + 0.5f), 0, kSteps - 1);
  }
  return d;
}

struct ScaleAndMinimum {
  float d, m;
};

// The smallest value gets the integer 0 and the largest the last.
template <int kSteps>
ScaleAndMinimum to_integers_above_minimum(const float* values, int integers[kValues]) {
  const auto [low, high] = std::minmax_element(values, values + kValues);
  const float m = *low;
  const float d = (*high - m) / static_cast<float>(kSteps - 1);
  const float per_step = inverse(d);
  for (int i = 0; i < kValues; ++i) {
    integers[i] = truncate_between((values[i] - m) * per_step + 0.5f, 0, kSteps - 1);
  }
  return {d, m};
}

BlockQ4_0 encode_q4_0(const float* values) {
  BlockQ4_0 block;
  int integers[kValues];
  block.d = f32_to_f16(to_integers_around_middle<16>(values, integers));
  pack_nibbles(integers, block.nibbles);
  return block;
}

BlockQ4_1 encode_q4_1(const float* values) {
  BlockQ4_1 block;
  int integers[kValues];
  const auto [d, m] = to_integers_above_minimum<16>(values, integers);
  block.d = f32_to_f16(d);
  block.m = f32_to_f16(m);
  pack_nibbles(integers, block.nibbles);
  return block;
}

BlockQ5_0 encode_q5_0(const float* values) {
  BlockQ5_0 block;
  int integers[kValues];
  block.d = f32_to_f16(to_integers_around_middle<32>(values, integers));
  pack_fifth_bits(integers, block.high);
  pack_nibbles(integers, block.nibbles);
  return block;
}

BlockQ5_1 encode_q5_1(const float* values) {
  BlockQ5_1 block;
  int integers[kValues];
  const auto [d, m] = to_integers_above_minimum<32>(values, integers);
  block.d = f32_to_f16(d);
  block.m = f32_to_f16(m);
  pack_fifth_bits(integers, block.high);
  pack_nibbles(integers, block.nibbles);
  return block;
}

BlockQ8_0 encode_q8_0(const float* values) {
  BlockQ8_0 block;
  const float d = std::fabs(extreme(values)) / 127.0f;
  const float per_step = inverse(d);
  block.d = f32_to_f16(d);
  for (int i = 0; i < kValues; ++i) {
    block.values[i] = static_cast<std::int8_t>(round_away_between(values[i] * per_step, -127, 127));
  }
  return block;
}

template <typename Block, void (*decode_block)(const Block&, float*), Block (*encode_block)(const float*)>
constexpr Codec kCodec{decode_all<Block, decode_block>, encode_all<Block, encode_block>, any_scale_non_finite<Block>};

}  // namespace

const Codec kQ4_0 = kCodec<BlockQ4_0, decode_q4_0, encode_q4_0>;
const Codec kQ4_1 = kCodec<BlockQ4_1, decode_q4_1, encode_q4_1>;
const Codec kQ5_0 = kCodec<BlockQ5_0, decode_q5_0, encode_q5_0>;
const Codec kQ5_1 = kCodec<BlockQ5_1, decode_q5_1, encode_q5_1>;
const Codec kQ8_0 = kCodec<BlockQ8_0, decode_q8_0, encode_q8_0>;

}  // namespace minnow::numeric::detail
