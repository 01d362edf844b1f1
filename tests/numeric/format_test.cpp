#include "numeric/format.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "numeric/blocks_iq4.hpp"
#include "numeric/blocks_k.hpp"

namespace minnow::numeric {
namespace {

TEST(Format, IsFoundByItsNumberAndItsName) {
  for (std::size_t i = 0; i < kFormatCount; ++i) {
    const auto format = static_cast<Format>(i);
    EXPECT_EQ(format_from_ggml_type(info(format).ggml_type), format);
    EXPECT_EQ(format_from_name(info(format).name), format);
  }
  EXPECT_EQ(format_from_name("q4_k"), Format::q4_k);
  EXPECT_EQ(format_from_name("iq4_Xs"), Format::iq4_xs);
  EXPECT_EQ(format_from_name("Q4"), std::nullopt);
  EXPECT_EQ(format_from_name(""), std::nullopt);
  EXPECT_EQ(format_from_ggml_type(16), std::nullopt);
  EXPECT_EQ(format_from_ggml_type(0xffffffff), std::nullopt);
}

TEST(Format, RowBytesCountsWholeBlocks) {
  EXPECT_EQ(row_bytes(Format::f32, 3), 12u);
  EXPECT_EQ(row_bytes(Format::q8_0, 64), 68u);
  EXPECT_EQ(row_bytes(Format::q6_k, 2048), 1680u);
  EXPECT_EQ(row_bytes(Format::q4_k, 0), 0u);
}

TEST(Format, SixBitScalesSurvivePacking) {
  std::mt19937 random(3);
  for (int i = 0; i < 1000; ++i) {
    std::uint8_t scales[8], minimums[8], packed[12], scales_back[8], minimums_back[8];
    for (int j = 0; j < 8; ++j) scales[j] = random() % 64, minimums[j] = random() % 64;
    pack_scales_and_minimums(scales, minimums, packed);
    unpack_scales_and_minimums(packed, scales_back, minimums_back);
    ASSERT_EQ(std::memcmp(scales, scales_back, 8), 0);
    ASSERT_EQ(std::memcmp(minimums, minimums_back, 8), 0);

    std::int8_t signed_scales[16], signed_back[16];
    for (auto& scale : signed_scales) scale = static_cast<std::int8_t>(static_cast<int>(random() % 64) - 32);
    pack_q3_k_scales(signed_scales, packed);
    unpack_q3_k_scales(packed, signed_back);
    ASSERT_EQ(std::memcmp(signed_scales, signed_back, 16), 0);

    BlockIQ4XS block{};
    for (int j = 0; j < 8; ++j) set_iq4_xs_scale(block, j, signed_scales[j]);
    for (int j = 0; j < 8; ++j) ASSERT_EQ(iq4_xs_scale(block, j), signed_scales[j]);
  }
}

// Where each format keeps its half-precision scales in a block.
struct ScalePlace {
  Format format;
  std::size_t byte;
};

TEST(Format, FindsAScaleThatIsNotFinite) {
  constexpr ScalePlace kPlaces[] = {
      {Format::q4_0, 0}, {Format::q4_1, 0},   {Format::q4_1, 2},   {Format::q5_0, 0},  {Format::q5_1, 0},
      {Format::q5_1, 2}, {Format::q8_0, 0},   {Format::q2_k, 80},  {Format::q2_k, 82}, {Format::q3_k, 108},
      {Format::q4_k, 0}, {Format::q4_k, 2},   {Format::q5_k, 0},   {Format::q5_k, 2},  {Format::q6_k, 208},
      {Format::f16, 0},  {Format::iq4_nl, 0}, {Format::iq4_xs, 0},
  };
  for (const auto& [format, byte] : kPlaces) {
    const std::size_t block = info(format).block_bytes;
    for (const std::uint16_t half : {0x7c00, 0xfc00, 0x7c01, 0xfe00}) {
      std::vector<std::byte> blocks(3 * block);
      EXPECT_FALSE(has_non_finite(format, blocks)) << info(format).name;
      std::memcpy(blocks.data() + 2 * block + byte, &half, sizeof(half));
      EXPECT_TRUE(has_non_finite(format, blocks)) << info(format).name << " byte " << byte;
    }
  }
}

TEST(Format, IntegersOfAllOnesAreNotAScale) {
  std::vector<std::byte> blocks(info(Format::q4_k).block_bytes, std::byte{0xff});
  std::memset(blocks.data(), 0, 4);
  EXPECT_FALSE(has_non_finite(Format::q4_k, blocks));
}

TEST(Format, FindsPlainValuesThatAreNotFinite) {
  const std::vector<float> good = {0.0f, -1.0f, 3.4e38f, 1e-45f};
  std::vector<float> bad = good;
  bad[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(has_non_finite(Format::f32, std::as_bytes(std::span(good))));
  EXPECT_TRUE(has_non_finite(Format::f32, std::as_bytes(std::span(bad))));
  const std::uint16_t infinity_bf16 = 0xff80, largest_bf16 = 0x7f7f;
  EXPECT_TRUE(has_non_finite(Format::bf16, std::as_bytes(std::span(&infinity_bf16, 1))));
  EXPECT_FALSE(has_non_finite(Format::bf16, std::as_bytes(std::span(&largest_bf16, 1))));
}

}  // namespace
}  // namespace minnow::numeric
