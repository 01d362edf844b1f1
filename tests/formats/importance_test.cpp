#include "formats/importance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.hpp"
#include "formats/gguf_writer.hpp"
#include "temporary_folder.hpp"

namespace minnow::formats {
namespace {

using ::testing::HasSubstr;

class ImportanceFile : public ::testing::Test {
 protected:
  // A file with one tensor's sums and counts of the given shapes and values.
  void write(std::string type, std::vector<std::uint64_t> sums_shape, std::vector<float> sums,
             std::vector<std::uint64_t> counts_shape, std::vector<float> counts) {
    GgufWriter out;
    out.metadata().set("general.type", std::move(type));
    out.add_tensor("a.weight.in_sum2", numeric::Format::f32, sums_shape);
    if (!counts.empty()) out.add_tensor("a.weight.counts", numeric::Format::f32, counts_shape);
    out.write(path_, [&](const TensorInfo& tensor, const GgufWriter::Sink& sink) {
      sink(std::as_bytes(std::span(tensor.name.ends_with("counts") ? counts : sums)));
    });
  }

  std::string refusal() {
    try {
      Importance::read(path_);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was refused";
  }

  const testing::TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_ / "importance.gguf";
};

TensorInfo matrix(std::string name, std::uint64_t columns, std::uint64_t rows, std::uint64_t matrices = 1) {
  TensorInfo tensor;
  tensor.name = std::move(name);
  tensor.n_dimensions = matrices == 1 ? 2 : 3;
  tensor.shape = {columns, rows, matrices, 1};
  return tensor;
}

TEST_F(ImportanceFile, ComesBackAsItWasWritten) {
  Importance importance;
  importance.datasets = {"text.txt"};
  importance.chunk_count = 3;
  importance.chunk_size = 512;
  importance.set("blk.0.ffn_down.weight", {.sum_of_squares = {1, 2, 3}, .counts = {7}});
  importance.set("blk.0.ffn_up_exps.weight", {.sum_of_squares = {1, 2, 3, 4}, .counts = {5, 0}});
  importance.write(path_);
  const Importance read = Importance::read(path_);
  EXPECT_EQ(read.datasets, importance.datasets);
  EXPECT_EQ(read.chunk_count, 3u);
  EXPECT_EQ(read.chunk_size, 512u);
  ASSERT_EQ(read.tensors().size(), 2u);
  const ColumnSums& experts = read.tensors().find("blk.0.ffn_up_exps.weight")->second;
  EXPECT_THAT(experts.sum_of_squares, ::testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(experts.counts, ::testing::ElementsAre(5, 0));
}

TEST_F(ImportanceFile, IsOneOnAverageAndNeverZero) {
  Importance importance;
  importance.set("a.weight", {.sum_of_squares = {0, 2, 4, 2}, .counts = {9}});
  const auto weights = importance.weights_of(matrix("a.weight", 4, 8));
  EXPECT_THAT(weights, ::testing::Pointwise(::testing::FloatNear(1e-6f), {0.001f, 1.001f, 2.001f, 1.001f}));
  EXPECT_TRUE(importance.weights_of(matrix("b.weight", 4, 8)).empty());
}

TEST_F(ImportanceFile, AnExpertNoTokenChoseWeighsAllAlike) {
  Importance importance;
  importance.set("a.weight", {.sum_of_squares = {1, 3, 0, 0}, .counts = {4, 0}});
  EXPECT_THAT(importance.weights_of(matrix("a.weight", 2, 8, 2)),
              ::testing::Pointwise(::testing::FloatNear(1e-6f), {0.501f, 1.501f, 1.0f, 1.0f}));
}

TEST_F(ImportanceFile, OfAnotherModelIsRefused) {
  Importance importance;
  importance.set("a.weight", {.sum_of_squares = {1, 2}, .counts = {9}});
  EXPECT_THROW(importance.weights_of(matrix("a.weight", 4, 8)), Error);
  EXPECT_THROW(importance.weights_of(matrix("a.weight", 2, 8, 2)), Error);
}

TEST_F(ImportanceFile, ThatIsNoneOrBrokenIsRefused) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  write("model", {2, 1}, {1, 2}, {1, 1}, {3});
  EXPECT_THAT(refusal(), HasSubstr("no importance matrix"));
  write("imatrix", {2, 1}, {1, 2}, {}, {});
  EXPECT_THAT(refusal(), HasSubstr("counts"));
  write("imatrix", {2, 2}, {1, 2, 3, 4}, {1, 1}, {3});
  EXPECT_THAT(refusal(), HasSubstr("counts"));
  write("imatrix", {2, 1}, {1, -2}, {1, 1}, {3});
  EXPECT_THAT(refusal(), HasSubstr("negative"));
  write("imatrix", {2, 1}, {1, kNan}, {1, 1}, {3});
  EXPECT_THAT(refusal(), HasSubstr("no number"));
}

}  // namespace
}  // namespace minnow::formats
