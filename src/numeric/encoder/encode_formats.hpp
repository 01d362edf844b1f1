// Whole rows of each searched format: groups loaded, searched and packed into the file's bits.
#pragma once

#include "numeric/blocks_32.hpp"
#include "numeric/blocks_iq4.hpp"
#include "numeric/blocks_k.hpp"
#include "numeric/encoder/block_search.hpp"
#include "numeric/encoder/encoder.hpp"

namespace minnow::numeric::detail {
namespace {

constexpr int kBlock = 256;

// `bits` shifted into place and added to a byte that has zeros there.
MINNOW_INLINE void set_bits(uint8_t& byte, int bits, int shift) { byte = static_cast<uint8_t>(byte | (bits << shift)); }

MINNOW_INLINE void set_pair(uint8_t pairs[64], int v, int bits) {
  set_bits(pairs[32 * (v / 128) + v % 32], bits, 2 * (v / 32 % 4));
}

MINNOW_INLINE void set_nibble(uint8_t nibbles[128], int v, int bits) {
  set_bits(nibbles[32 * (v / 64) + v % 32], bits, 4 * (v / 32 % 2));
}

MINNOW_INLINE void set_high_bit(uint8_t high[32], int v, int bit) { set_bits(high[v % 32], bit, v / 32); }

// How each format goes from groups to blocks. kGroup values share a scale, and a block has kGroups of them; search()
// does sixteen groups, and pack() makes the block whose groups begin with lane `first`.
struct Q2K {
  using Block = BlockQ2K;
  static constexpr int kGroup = 16, kGroups = 16;
  static void search(const Groups<16>& groups, Found<16>& found) { find_affine<3, 16>(groups, 15.0f, found); }
  static void pack(const Found<16>& found, int first, Block& block) {
    block.d = found.d[first];
    block.dmin = found.dmin[first];
    for (int group = 0; group < 16; ++group) {
      block.scales[group] = static_cast<uint8_t>(found.scales[group] | (found.minimums[group] << 4));
    }
    for (int v = 0; v < kBlock; ++v) set_pair(block.pairs, v, found.q[v]);
  }
};

struct Q3K {
  using Block = BlockQ3K;
  static constexpr int kGroup = 16, kGroups = 16;
  static void search(const Groups<16>& groups, Found<16>& found) {
    find_scaled<EvenLevels<-4, 3>, 16>(groups, -32, found);
  }
  static void pack(const Found<16>& found, int first, Block& block) {
    block.d = found.d[first];
    int8_t scales[16];
    for (int group = 0; group < 16; ++group) scales[group] = static_cast<int8_t>(found.scales[group]);
    pack_q3_k_scales(scales, block.scales);
    for (int v = 0; v < kBlock; ++v) {
      set_pair(block.pairs, v, found.q[v] & 3);
      set_high_bit(block.high, v, found.q[v] >= 0 ? 1 : 0);
    }
  }
};

MINNOW_INLINE void pack_affine_scales(const Found<32>& found, int first, uint8_t packed[12]) {
  uint8_t scales[8], minimums[8];
  for (int group = 0; group < 8; ++group) {
    scales[group] = static_cast<uint8_t>(found.scales[first + group]);
    minimums[group] = static_cast<uint8_t>(found.minimums[first + group]);
  }
  pack_scales_and_minimums(scales, minimums, packed);
}

struct Q4K {
  using Block = BlockQ4K;
  static constexpr int kGroup = 32, kGroups = 8;
  static void search(const Groups<32>& groups, Found<32>& found) { find_affine<15, 8>(groups, 63.0f, found); }
  static void pack(const Found<32>& found, int first, Block& block) {
    block.d = found.d[first];
    block.dmin = found.dmin[first];
    pack_affine_scales(found, first, block.scales);
    for (int v = 0; v < kBlock; ++v) set_nibble(block.nibbles, v, found.q[first * 32 + v]);
  }
};

struct Q5K {
  using Block = BlockQ5K;
  static constexpr int kGroup = 32, kGroups = 8;
  static void search(const Groups<32>& groups, Found<32>& found) { find_affine<31, 8>(groups, 63.0f, found); }
  static void pack(const Found<32>& found, int first, Block& block) {
    block.d = found.d[first];
    block.dmin = found.dmin[first];
    pack_affine_scales(found, first, block.scales);
    for (int v = 0; v < kBlock; ++v) {
      const int q = found.q[first * 32 + v];
      set_nibble(block.nibbles, v, q & 15);
      set_high_bit(block.high, v, q >> 4);
    }
  }
};

struct Q6K {
  using Block = BlockQ6K;
  static constexpr int kGroup = 16, kGroups = 16;
  static void search(const Groups<16>& groups, Found<16>& found) {
    find_scaled<EvenLevels<-32, 31>, 16>(groups, -128, found);
  }
  static void pack(const Found<16>& found, int first, Block& block) {
    block.d = found.d[first];
    for (int group = 0; group < 16; ++group) block.scales[group] = static_cast<int8_t>(found.scales[group]);
    for (int v = 0; v < kBlock; ++v) {
      const int half = v / 128, lane = v % 128, q = found.q[v] + 32;
      set_bits(block.low[64 * half + lane % 64], q & 15, 4 * (lane / 64));
      set_bits(block.high[32 * half + lane % 32], q >> 4, 2 * (lane / 32));
    }
  }
};

// The values of kIq4Table.
struct TableLevels {
  static constexpr int kTrials = 14;
  static constexpr float trial(int i) { return -145.0f + 3.0f * static_cast<float>(i); }
  MINNOW_INLINE static Floats nearest(Floats x) {
    Floats level = all(kIq4Table[0]);
    for (int i = 0; i < 15; ++i) {
      const float halfway = 0.5f * static_cast<float>(kIq4Table[i] + kIq4Table[i + 1]);
      level = select(x > all(halfway), all(kIq4Table[i + 1]), level);
    }
    return level;
  }
  MINNOW_INLINE static int index(int level) {
    int index = 0;
    while (kIq4Table[index] != level) ++index;
    return index;
  }
};

MINNOW_INLINE void pack_table_nibbles(const int8_t levels[32], uint8_t nibbles[16]) {
  for (int i = 0; i < 16; ++i) {
    nibbles[i] = static_cast<uint8_t>(TableLevels::index(levels[i]) | (TableLevels::index(levels[i + 16]) << 4));
  }
}

struct Iq4Xs {
  using Block = BlockIQ4XS;
  static constexpr int kGroup = 32, kGroups = 8;
  static void search(const Groups<32>& groups, Found<32>& found) { find_scaled<TableLevels, 8>(groups, -32, found); }
  static void pack(const Found<32>& found, int first, Block& block) {
    block.d = found.d[first];
    for (int group = 0; group < 8; ++group) {
      set_iq4_xs_scale(block, group, found.scales[first + group]);
      pack_table_nibbles(found.q + (first + group) * 32, block.nibbles + group * 16);
    }
  }
};

struct Iq4Nl {
  using Block = BlockIQ4NL;
  static constexpr int kGroup = 32, kGroups = 1;
  static void search(const Groups<32>& groups, Found<32>& found) { find_single_scale<TableLevels>(groups, found); }
  static void pack(const Found<32>& found, int first, Block& block) {
    block.d = found.d[first];
    pack_table_nibbles(found.q + first * 32, block.nibbles);
  }
};

// Nibble i holds value i and value i + 16; bit i of `high` is value i's fifth bit.
MINNOW_INLINE void pack_nibbles(const int8_t q[32], int add, uint8_t nibbles[16]) {
  for (int i = 0; i < 16; ++i) {
    nibbles[i] = static_cast<uint8_t>(((q[i] + add) & 15) | (((q[i + 16] + add) & 15) << 4));
  }
}

MINNOW_INLINE void pack_fifth_bits(const int8_t q[32], int add, uint8_t high[4]) {
  for (int i = 0; i < 32; ++i) set_bits(high[i / 8], ((q[i] + add) >> 4) & 1, i % 8);
}

struct Q4_0 {
  using Block = BlockQ4_0;
  static constexpr int kGroup = 32, kGroups = 1;
  static void search(const Groups<32>& groups, Found<32>& found) {
    find_single_scale<EvenLevels<-8, 7>>(groups, found);
  }
  static void pack(const Found<32>& found, int first, Block& block) {
    block.d = found.d[first];
    pack_nibbles(found.q + first * 32, 8, block.nibbles);
  }
};

struct Q5_0 {
  using Block = BlockQ5_0;
  static constexpr int kGroup = 32, kGroups = 1;
  static void search(const Groups<32>& groups, Found<32>& found) {
    find_single_scale<EvenLevels<-16, 15>>(groups, found);
  }
  static void pack(const Found<32>& found, int first, Block& block) {
    block.d = found.d[first];
    pack_fifth_bits(found.q + first * 32, 16, block.high);
    pack_nibbles(found.q + first * 32, 16, block.nibbles);
  }
};

struct Q4_1 {
  using Block = BlockQ4_1;
  static constexpr int kGroup = 32, kGroups = 1;
  static void search(const Groups<32>& groups, Found<32>& found) { find_single_affine<15>(groups, found); }
  static void pack(const Found<32>& found, int first, Block& block) {
    block.d = found.d[first];
    block.m = found.dmin[first];
    pack_nibbles(found.q + first * 32, 0, block.nibbles);
  }
};

struct Q5_1 {
  using Block = BlockQ5_1;
  static constexpr int kGroup = 32, kGroups = 1;
  static void search(const Groups<32>& groups, Found<32>& found) { find_single_affine<31>(groups, found); }
  static void pack(const Found<32>& found, int first, Block& block) {
    block.d = found.d[first];
    block.m = found.dmin[first];
    pack_fifth_bits(found.q + first * 32, 0, block.high);
    pack_nibbles(found.q + first * 32, 0, block.nibbles);
  }
};

template <typename Type>
void encode(const float* values, const float* importance, size_t n_values, unsigned char* blocks) {
  using Block = typename Type::Block;
  constexpr int kBlocksAtOnce = kLanes / Type::kGroups;
  constexpr size_t kBlockValues = Type::kGroup * Type::kGroups;
  Groups<Type::kGroup> groups;
  for (size_t left = n_values / kBlockValues; left > 0;) {
    const int n_blocks = left < kBlocksAtOnce ? static_cast<int>(left) : kBlocksAtOnce;
    groups.load(values, importance, n_blocks * Type::kGroups);
    Found<Type::kGroup> found;
    Type::search(groups, found);
    for (int i = 0; i < n_blocks; ++i, blocks += sizeof(Block)) {
      Block block{};
      Type::pack(found, i * Type::kGroups, block);
      __builtin_memcpy(blocks, &block, sizeof(Block));
    }
    values += static_cast<size_t>(n_blocks) * kBlockValues;
    if (importance != nullptr) importance += static_cast<size_t>(n_blocks) * kBlockValues;
    left -= static_cast<size_t>(n_blocks);
  }
}

Encoder make_encoder(const char* name) {
  return {.name = name,
          .q4_0 = encode<Q4_0>,
          .q4_1 = encode<Q4_1>,
          .q5_0 = encode<Q5_0>,
          .q5_1 = encode<Q5_1>,
          .q2_k = encode<Q2K>,
          .q3_k = encode<Q3K>,
          .q4_k = encode<Q4K>,
          .q5_k = encode<Q5K>,
          .q6_k = encode<Q6K>,
          .iq4_nl = encode<Iq4Nl>,
          .iq4_xs = encode<Iq4Xs>};
}

}  // namespace
}  // namespace minnow::numeric::detail
