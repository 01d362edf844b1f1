// Against the `gguf` package's own conversions; tests/reference/numeric/make_golden.py made the files.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "base/file.hpp"
#include "numeric/format.hpp"
#include "test_data.hpp"

namespace minnow::numeric {
namespace {

struct Golden {
  std::vector<std::byte> blocks;
  std::vector<float> values;
};

template <typename T>
std::vector<T> take(std::string_view& from, std::size_t count) {
  std::vector<T> taken(count);
  EXPECT_GE(from.size(), count * sizeof(T));
  std::memcpy(taken.data(), from.data(), count * sizeof(T));
  from.remove_prefix(count * sizeof(T));
  return taken;
}

Golden read_golden(std::string_view folder, Format format) {
  const auto path = testing::golden("numeric") / folder / (std::string(info(format).name) + ".bin");
  const std::string text = read_file(path);
  std::string_view left = text;
  const std::size_t n_values = take<std::uint32_t>(left, 1)[0];
  Golden golden;
  if (folder == "encode") golden.values = take<float>(left, n_values);
  golden.blocks = take<std::byte>(left, row_bytes(format, n_values));
  if (folder == "decode") golden.values = take<float>(left, n_values);
  EXPECT_TRUE(left.empty()) << path;
  return golden;
}

class EveryFormat : public ::testing::TestWithParam<std::size_t> {
 protected:
  Format format() const { return static_cast<Format>(GetParam()); }
};

std::string name_of(const ::testing::TestParamInfo<std::size_t>& index) {
  return std::string(info(static_cast<Format>(index.param)).name);
}

TEST_P(EveryFormat, DecodesTheSameBitsAsTheReference) {
  const Golden golden = read_golden("decode", format());
  std::vector<float> values(golden.values.size());
  decode(format(), golden.blocks, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(values[i]), std::bit_cast<std::uint32_t>(golden.values[i]))
        << "value " << i << ": " << values[i] << " is not " << golden.values[i];
  }
}

TEST_P(EveryFormat, DecodesBlocksAtAnyAddress) {
  const Golden golden = read_golden("decode", format());
  std::vector<std::byte> shifted(golden.blocks.size() + 1);
  std::copy(golden.blocks.begin(), golden.blocks.end(), shifted.begin() + 1);
  std::vector<float> values(golden.values.size());
  decode(format(), std::span(shifted).subspan(1), values);
  EXPECT_EQ(std::memcmp(values.data(), golden.values.data(), values.size() * sizeof(float)), 0);
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryFormat, ::testing::Range(std::size_t{0}, kFormatCount), name_of);

class FormulaFormat : public EveryFormat {};

TEST_P(FormulaFormat, EncodesTheSameBytesAsTheReference) {
  const Golden golden = read_golden("encode", format());
  std::vector<std::byte> blocks(golden.blocks.size());
  encode(format(), golden.values, blocks);
  const std::size_t block_bytes = info(format()).block_bytes;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    ASSERT_EQ(blocks[i], golden.blocks[i]) << "byte " << i % block_bytes << " of block " << i / block_bytes;
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, FormulaFormat,
                         ::testing::Values(static_cast<std::size_t>(Format::f32), static_cast<std::size_t>(Format::f16),
                                           static_cast<std::size_t>(Format::bf16),
                                           static_cast<std::size_t>(Format::q8_0)),
                         name_of);

}  // namespace
}  // namespace minnow::numeric
