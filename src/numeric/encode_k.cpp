// Each block in three steps: the best real scale (and minimum) of every group on its own; the block's d (and dmin)
// that reaches the largest of them, with each group's integer scale beside its neighbours; the values' integers.
#include "numeric/encode_k.hpp"

#include <algorithm>
#include <cstdint>

#include "numeric/half.hpp"
#include "numeric/scale_search.hpp"

namespace minnow::numeric::detail {
namespace {

constexpr int kValues = 256;

// What a block without minimums becomes before its bits are packed.
template <int n_groups>
struct ScaledBlock {
  std::uint16_t d = 0;
  std::int8_t scales[n_groups] = {};
  std::int8_t q[kValues] = {};
};

// Scales are scale_low…-scale_low - 1; the extreme one becomes scale_low.
template <int n_groups, int low, int high, int scale_low>
ScaledBlock<n_groups> fit_scaled(const float* values) {
  constexpr int n = kValues / n_groups;
  using Levels = EvenLevels<low, high>;
  float scales[n_groups];
  for (int group = 0; group < n_groups; ++group) scales[group] = fit_scale<n, Levels>(values + group * n);

  ScaledBlock<n_groups> block;
  block.d = f32_to_f16(extreme_of<n_groups>(scales) / static_cast<float>(scale_low));
  const float d = f16_to_f32(block.d);
  for (int group = 0; group < n_groups; ++group) {
    const float* x = values + group * n;
    const int scale = choose_scale<n, Levels>(x, d, scales[group], scale_low, -scale_low - 1);
    const float per_level = inverse(d * static_cast<float>(scale));
    block.scales[group] = static_cast<std::int8_t>(scale);
    for (int i = 0; i < n; ++i) {
      block.q[group * n + i] = static_cast<std::int8_t>(round_between(x[i] * per_level, low, high));
    }
  }
  return block;
}

// What a block with minimums becomes before its bits are packed.
template <int n_groups>
struct AffineBlock {
  std::uint16_t d = 0, dmin = 0;
  std::uint8_t scales[n_groups] = {}, minimums[n_groups] = {};
  std::uint8_t q[kValues] = {};
};

template <int n_groups, int top, int highest_scale>
AffineBlock<n_groups> fit_affine_block(const float* values) {
  constexpr int n = kValues / n_groups;
  Affine wanted[n_groups];
  float most_scale = 0.0f, most_minimum = 0.0f;
  for (int group = 0; group < n_groups; ++group) {
    wanted[group] = fit_affine<n, top>(values + group * n);
    most_scale = std::max(most_scale, wanted[group].scale);
    most_minimum = std::max(most_minimum, wanted[group].minimum);
  }

  AffineBlock<n_groups> block;
  block.d = f32_to_f16(most_scale / static_cast<float>(highest_scale));
  block.dmin = f32_to_f16(most_minimum / static_cast<float>(highest_scale));
  const float d = f16_to_f32(block.d), dmin = f16_to_f32(block.dmin);
  for (int group = 0; group < n_groups; ++group) {
    const float* x = values + group * n;
    const AffineIntegers chosen = choose_affine<n, top>(x, d, dmin, wanted[group], highest_scale);
    const float per_level = inverse(d * static_cast<float>(chosen.scale));
    const float minimum = dmin * static_cast<float>(chosen.minimum);
    block.scales[group] = static_cast<std::uint8_t>(chosen.scale);
    block.minimums[group] = static_cast<std::uint8_t>(chosen.minimum);
    for (int i = 0; i < n; ++i) {
      block.q[group * n + i] = static_cast<std::uint8_t>(round_between((x[i] + minimum) * per_level, 0, top));
    }
  }
  return block;
}

// `bits` shifted into place and added to a byte that has zeros there.
void set_bits(std::uint8_t& byte, int bits, int shift) { byte = static_cast<std::uint8_t>(byte | (bits << shift)); }

void set_pair(std::uint8_t pairs[64], int v, int bits) {
  set_bits(pairs[32 * (v / 128) + v % 32], bits, 2 * (v / 32 % 4));
}

void set_nibble(std::uint8_t nibbles[128], int v, int bits) {
  set_bits(nibbles[32 * (v / 64) + v % 32], bits, 4 * (v / 32 % 2));
}

void set_high_bit(std::uint8_t high[32], int v, int bit) { set_bits(high[v % 32], bit, v / 32); }

}  // namespace

BlockQ2K encode_q2_k(const float* values) {
  const auto fit = fit_affine_block<16, 3, 15>(values);
  BlockQ2K block{};
  block.d = fit.d;
  block.dmin = fit.dmin;
  for (int group = 0; group < 16; ++group) {
    block.scales[group] = static_cast<std::uint8_t>(fit.scales[group] | (fit.minimums[group] << 4));
  }
  for (int v = 0; v < kValues; ++v) set_pair(block.pairs, v, fit.q[v]);
  return block;
}

BlockQ3K encode_q3_k(const float* values) {
  const auto fit = fit_scaled<16, -4, 3, -32>(values);
  BlockQ3K block{};
  block.d = fit.d;
  pack_q3_k_scales(fit.scales, block.scales);
  for (int v = 0; v < kValues; ++v) {
    set_pair(block.pairs, v, fit.q[v] & 3);
    set_high_bit(block.high, v, fit.q[v] >= 0 ? 1 : 0);
  }
  return block;
}

BlockQ4K encode_q4_k(const float* values) {
  const auto fit = fit_affine_block<8, 15, 63>(values);
  BlockQ4K block{};
  block.d = fit.d;
  block.dmin = fit.dmin;
  pack_scales_and_minimums(fit.scales, fit.minimums, block.scales);
  for (int v = 0; v < kValues; ++v) set_nibble(block.nibbles, v, fit.q[v]);
  return block;
}

BlockQ5K encode_q5_k(const float* values) {
  const auto fit = fit_affine_block<8, 31, 63>(values);
  BlockQ5K block{};
  block.d = fit.d;
  block.dmin = fit.dmin;
  pack_scales_and_minimums(fit.scales, fit.minimums, block.scales);
  for (int v = 0; v < kValues; ++v) {
    set_nibble(block.nibbles, v, fit.q[v] & 15);
    set_high_bit(block.high, v, fit.q[v] >> 4);
  }
  return block;
}

BlockQ6K encode_q6_k(const float* values) {
  const auto fit = fit_scaled<16, -32, 31, -128>(values);
  BlockQ6K block{};
  block.d = fit.d;
  std::copy_n(fit.scales, 16, block.scales);
  for (int v = 0; v < kValues; ++v) {
    const int half = v / 128, lane = v % 128, q = fit.q[v] + 32;
    set_bits(block.low[64 * half + lane % 64], q & 15, 4 * (lane / 64));
    set_bits(block.high[32 * half + lane % 32], q >> 4, 2 * (lane / 32));
  }
  return block;
}

}  // namespace minnow::numeric::detail
