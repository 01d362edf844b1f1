// Decoding of the K family; encoder/ holds the search for good scales.
#include "numeric/blocks_k.hpp"

#include "numeric/codec.hpp"
#include "numeric/half.hpp"

namespace minnow::numeric::detail {
namespace {

constexpr int kValues = 256;

// Two bits of value v from a byte shared by four values 32 apart.
int pair_at(const std::uint8_t pairs[64], int v) { return (pairs[32 * (v / 128) + v % 32] >> (2 * (v / 32 % 4))) & 3; }

int nibble_at(const std::uint8_t nibbles[128], int v) {
  return (nibbles[32 * (v / 64) + v % 32] >> (4 * (v / 32 % 2))) & 15;
}

int high_bit_at(const std::uint8_t high[32], int v) { return (high[v % 32] >> (v / 32)) & 1; }

void decode_q2_k(const BlockQ2K& block, float* values) {
  const float d = f16_to_f32(block.d);
  const float dmin = f16_to_f32(block.dmin);
  for (int group = 0; group < 16; ++group) {
    const float scale = d * static_cast<float>(block.scales[group] & 15);
    const float minimum = dmin * static_cast<float>(block.scales[group] >> 4);
    for (int v = group * 16; v < group * 16 + 16; ++v) {
      values[v] = scale * static_cast<float>(pair_at(block.pairs, v)) - minimum;
    }
  }
}

void decode_q3_k(const BlockQ3K& block, float* values) {
  const float d = f16_to_f32(block.d);
  std::int8_t scales[16];
  unpack_q3_k_scales(block.scales, scales);
  for (int group = 0; group < 16; ++group) {
    const float scale = d * static_cast<float>(scales[group]);
    for (int v = group * 16; v < group * 16 + 16; ++v) {
      values[v] = scale * static_cast<float>(pair_at(block.pairs, v) - 4 + 4 * high_bit_at(block.high, v));
    }
  }
}

void decode_q4_k(const BlockQ4K& block, float* values) {
  const float d = f16_to_f32(block.d);
  const float dmin = f16_to_f32(block.dmin);
  std::uint8_t scales[8], minimums[8];
  unpack_scales_and_minimums(block.scales, scales, minimums);
  for (int group = 0; group < 8; ++group) {
    const float scale = d * static_cast<float>(scales[group]);
    const float minimum = dmin * static_cast<float>(minimums[group]);
    for (int v = group * 32; v < group * 32 + 32; ++v) {
      values[v] = scale * static_cast<float>(nibble_at(block.nibbles, v)) - minimum;
    }
  }
}

void decode_q5_k(const BlockQ5K& block, float* values) {
  const float d = f16_to_f32(block.d);
  const float dmin = f16_to_f32(block.dmin);
  std::uint8_t scales[8], minimums[8];
  unpack_scales_and_minimums(block.scales, scales, minimums);
  for (int group = 0; group < 8; ++group) {
    const float scale = d * static_cast<float>(scales[group]);
    const float minimum = dmin * static_cast<float>(minimums[group]);
    for (int v = group * 32; v < group * 32 + 32; ++v) {
      const int q = nibble_at(block.nibbles, v) + 16 * high_bit_at(block.high, v);
      values[v] = scale * static_cast<float>(q) - minimum;
    }
  }
}

void decode_q6_k(const BlockQ6K& block, float* values) {
  const float d = f16_to_f32(block.d);
  for (int v = 0; v < kValues; ++v) {
    const int half = v / 128, lane = v % 128;
    const int low = (block.low[64 * half + lane % 64] >> (4 * (lane / 64))) & 15;
    const int high = (block.high[32 * half + lane % 32] >> (2 * (lane / 32))) & 3;
    values[v] = d * static_cast<float>(block.scales[v / 16]) * static_cast<float>(low + 16 * high - 32);
  }
}

template <typename Block, void (*decode_block)(const Block&, float*)>
constexpr Codec kCodec{decode_all<Block, decode_block>, nullptr, any_scale_non_finite<Block>};

}  // namespace

const Codec kQ2K = kCodec<BlockQ2K, decode_q2_k>;
const Codec kQ3K = kCodec<BlockQ3K, decode_q3_k>;
const Codec kQ4K = kCodec<BlockQ4K, decode_q4_k>;
const Codec kQ5K = kCodec<BlockQ5K, decode_q5_k>;
const Codec kQ6K = kCodec<BlockQ6K, decode_q6_k>;

}  // namespace minnow::numeric::detail
