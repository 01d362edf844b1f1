#include "numeric/blocks_iq4.hpp"

#include "numeric/codec.hpp"
#include "numeric/half.hpp"

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

template <typename Block, void (*decode_block)(const Block&, float*)>
constexpr Codec kCodec{decode_all<Block, decode_block>, nullptr, any_scale_non_finite<Block>};

}  // namespace

const Codec kIq4Nl = kCodec<BlockIQ4NL, decode_iq4_nl>;
const Codec kIq4Xs = kCodec<BlockIQ4XS, decode_iq4_xs>;

}  // namespace minnow::numeric::detail
