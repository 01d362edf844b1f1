#include "numeric/blocks_iq4.hpp"

#include "numeric/codec.hpp"
#include "numeric/half.hpp"
#include "numeric/scale_search.hpp"

namespace minnow::numeric::detail {
namespace {

constexpr int kGroup = 32;
constexpr int kHalf = 16;

void decode_group(float scale, const std::uint8_t nibbles[kHalf], float* values) {
  for (int i = 0; i < kHalf; ++i) {
    values[i] = scale * static_cast<float>(kIq4Table[nibbles[i] & 15]);
    values[i + kHalf] = scale * static_cast<float>(kIq4Table[nibbles[i] >> 4]);
  }
}

void decode_iq4_nl(const BlockIQ4NL& block, float* values) { decode_group(f16_to_f32(block.d), block.nibbles, values); }

void decode_iq4_xs(const BlockIQ4XS& block, float* values) {
  const float d = f16_to_f32(block.d);
  for (int group = 0; group < 8; ++group) {
    const float scale = d * static_cast<float>(iq4_xs_scale(block, group));
    decode_group(scale, block.nibbles + group * kHalf, values + group * kGroup);
  }
}

// Halfway between entry i and the next.
constexpr float threshold(int i) { return 0.5f * static_cast<float>(kIq4Table[i] + kIq4Table[i + 1]); }

// The table's values, and the trial places of a group's extreme value among them.
struct TableLevels {
  static constexpr float kFirstTrial = -145.0f;
  static constexpr float kTrialStep = 3.0f;
  static constexpr int kTrials = 14;
  static float nearest(float x) {
    float level = kIq4Table[0];
    for (int i = 0; i < 15; ++i) {
      level += x > threshold(i) ? static_cast<float>(kIq4Table[i + 1] - kIq4Table[i]) : 0.0f;
    }
    return level;
  }
  static int nearest_index(float x) {
    int index = 0;
    for (int i = 0; i < 15; ++i) index += x > threshold(i) ? 1 : 0;
    return index;
  }
};

void encode_group(const float* values, float scale, std::uint8_t nibbles[kHalf]) {
  const float per_level = inverse(scale);
  for (int i = 0; i < kHalf; ++i) {
    const int first = TableLevels::nearest_index(values[i] * per_level);
    const int second = TableLevels::nearest_index(values[i + kHalf] * per_level);
    nibbles[i] = static_cast<std::uint8_t>(first | (second << 4));
  }
}

BlockIQ4NL encode_iq4_nl(const float* values) {
  BlockIQ4NL block;
  block.d = f32_to_f16(fit_scale<kGroup, TableLevels>(values));
  encode_group(values, f16_to_f32(block.d), block.nibbles);
  return block;
}

BlockIQ4XS encode_iq4_xs(const float* values) {
  constexpr int kGroups = 8;
  float scales[kGroups];
  for (int group = 0; group < kGroups; ++group) {
    scales[group] = fit_scale<kGroup, TableLevels>(values + group * kGroup);
  }
  BlockIQ4XS block{};
  block.d = f32_to_f16(extreme_of<kGroups>(scales) / -32.0f);
  const float d = f16_to_f32(block.d);
  for (int group = 0; group < kGroups; ++group) {
    const float* x = values + group * kGroup;
    const int scale = choose_scale<kGroup, TableLevels>(x, d, scales[group], -32, 31);
    set_iq4_xs_scale(block, group, scale);
    encode_group(x, d * static_cast<float>(scale), block.nibbles + group * kHalf);
  }
  return block;
}

template <typename Block, void (*decode_block)(const Block&, float*), Block (*encode_block)(const float*)>
constexpr Codec kCodec{decode_all<Block, decode_block>, encode_all<Block, encode_block>, any_scale_non_finite<Block>};

}  // namespace

const Codec kIq4Nl = kCodec<BlockIQ4NL, decode_iq4_nl, encode_iq4_nl>;
const Codec kIq4Xs = kCodec<BlockIQ4XS, decode_iq4_xs, encode_iq4_xs>;

}  // namespace minnow::numeric::detail
