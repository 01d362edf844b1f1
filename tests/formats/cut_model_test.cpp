// Rows and whole blocks are copied, other columns rounded again.
#include "formats/cut_model.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "formats/gguf_files.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;

class CutModel : public ::testing::Test {
 protected:
  // 12 rows of 768 values.
  GgufFile source(Format format) {
    GgufWriter out;
    out.metadata().set("general.architecture", std::string("llama"));
    out.add_tensor("w.weight", format, {768, 12});
    std::mt19937 random(3);
    std::normal_distribution<float> normal(0.0f, 0.02f);
    for (std::size_t i = 0; i < std::size_t{768} * 12; ++i) values_.push_back(normal(random));
    out.write(folder_ / "in.gguf", [&](const TensorInfo& tensor, const GgufWriter::Sink& sink) {
      std::vector<std::byte> bytes(tensor.size_bytes);
      numeric::encode(tensor.format, values_, bytes);
      numeric::decode(tensor.format, bytes, values_);
      sink(bytes);
    });
    return GgufFile::open(folder_ / "in.gguf");
  }

  // The values of the cut tensor, and of the same places in the source.
  std::pair<std::vector<float>, std::vector<float>> cut(const GgufFile& file, const TensorCut& how) {
    write_cut_model(file, file.metadata(), {&how, 1}, folder_ / "out.gguf", pool_);
    const auto out = GgufFile::open(folder_ / "out.gguf");
    const TensorInfo& tensor = *out.find(how.name);
    EXPECT_EQ(tensor.format, format_of_cut(*file.find(how.source), how).format);
    std::vector<float> after(tensor.row_length() * tensor.n_rows()), before;
    numeric::decode(tensor.format, out.data(tensor), after);
    const auto rows = how.rows.empty() ? range(0, 12) : how.rows;
    const auto columns = how.columns.empty() ? range(0, 768) : how.columns;
    for (const std::size_t row : rows) {
      for (const std::size_t column : columns) before.push_back(values_[row * 768 + column]);
    }
    EXPECT_EQ(before.size(), after.size());
    return {after, before};
  }

  static std::vector<std::size_t> range(std::size_t begin, std::size_t end) {
    std::vector<std::size_t> out(end - begin);
    std::iota(out.begin(), out.end(), begin);
    return out;
  }

  TemporaryFolder folder_;
  ThreadPool pool_{2};
  std::vector<float> values_;
};

TEST_F(CutModel, CopiesRowsOfEveryFormat) {
  for (const Format format : {Format::f32, Format::bf16, Format::q8_0, Format::q4_k}) {
    values_.clear();
    const auto [after, before] = cut(source(format), {.source = "w.weight", .name = "v.weight", .rows = {1, 5, 11}});
    EXPECT_EQ(after, before) << numeric::info(format).name;
  }
}

TEST_F(CutModel, CopiesColumnsInWholeBlocks) {
  auto columns = range(0, 256);
  const auto last = range(512, 768);
  columns.insert(columns.end(), last.begin(), last.end());
  for (const Format format : {Format::f16, Format::q8_0, Format::q6_k}) {
    values_.clear();
    const auto file = source(format);
    const TensorCut how{.source = "w.weight", .name = "w.weight", .rows = {0, 7}, .columns = columns};
    EXPECT_FALSE(format_of_cut(*file.find("w.weight"), how).rounds_again);
    const auto [after, before] = cut(file, how);
    EXPECT_EQ(after, before) << numeric::info(format).name;
  }
}

TEST_F(CutModel, RoundsColumnsAgainThatAreCutInsideBlocks) {
  const auto file = source(Format::q8_0);
  const TensorCut how{.source = "w.weight", .name = "w.weight", .columns = range(16, 16 + 512)};
  EXPECT_TRUE(format_of_cut(*file.find("w.weight"), how).rounds_again);
  const auto [after, before] = cut(file, how);
  EXPECT_NE(after, before);
  for (std::size_t i = 0; i < after.size(); ++i) ASSERT_NEAR(after[i], before[i], 5e-4) << i;
}

TEST_F(CutModel, GivesRowsThatNoLongerFitTheirBlocksSmallerOnes) {
  const auto file = source(Format::q4_k);
  const TensorCut how{.source = "w.weight", .name = "w.weight", .columns = range(0, 288)};
  EXPECT_EQ(format_of_cut(*file.find("w.weight"), how).format, Format::q5_0);
  const auto [after, before] = cut(file, how);
  for (std::size_t i = 0; i < after.size(); ++i) ASSERT_NEAR(after[i], before[i], 6e-3) << i;
}

}  // namespace
}  // namespace minnow::formats
