#include "formats/importance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <string>

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

// Bytes of the older format, entry by entry.
class DatBytes {
 public:
  DatBytes& number(std::int32_t value) { return raw(&value, sizeof value); }
  DatBytes& text(std::string_view value) {
    number(static_cast<std::int32_t>(value.size()));
    return raw(value.data(), value.size());
  }
  DatBytes& entry(std::string_view name, std::int32_t calls, const std::vector<float>& values) {
    text(name).number(calls).number(static_cast<std::int32_t>(values.size()));
    return raw(values.data(), values.size() * sizeof(float));
  }
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(bytes_)); }

 private:
  DatBytes& raw(const void* data, std::size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
    return *this;
  }
  std::string bytes_;
};

std::string dat_refusal(std::span<const std::byte> bytes) {
  try {
    Importance::from_dat(bytes, "old.dat");
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST_F(ImportanceFile, OfTheOlderFormatWeighsAsTheSameSumsInGgufDo) {
  DatBytes file;
  file.number(2).entry("a.weight", 9, {0, 2, 4, 2}).entry("b.weight", 9, {1, 3, 5, 3}).number(7).text("wiki.txt");
  std::ofstream(path_, std::ios::binary)
      .write(reinterpret_cast<const char*>(file.bytes().data()), static_cast<std::streamsize>(file.bytes().size()));
  const Importance read = Importance::read(path_);
  EXPECT_EQ(read.chunk_count, 7u);
  EXPECT_THAT(read.datasets, ::testing::ElementsAre("wiki.txt"));
  EXPECT_THAT(read.weights_of(matrix("a.weight", 4, 8)),
              ::testing::Pointwise(::testing::FloatNear(1e-6f), {0.001f, 1.001f, 2.001f, 1.001f}));
  EXPECT_THAT(read.weights_of(matrix("b.weight", 2, 8, 2)),  // two experts in one row
              ::testing::Pointwise(::testing::FloatNear(1e-6f), {0.501f, 1.501f, 1.251f, 0.751f}));
  EXPECT_THROW(read.weights_of(matrix("b.weight", 2, 8)), Error);
}

TEST_F(ImportanceFile, OfTheOlderFormatMayEndAfterItsTensors) {
  DatBytes file;
  file.number(1).entry("a.weight", 1, {1, 1});
  EXPECT_EQ(Importance::from_dat(file.bytes(), "old.dat").tensors().size(), 1u);
}

TEST_F(ImportanceFile, OfTheOlderFormatIsRefusedCutAnywhereOrBroken) {
  DatBytes file;
  file.number(1).entry("a.weight", 1, {1, 1});
  for (std::size_t size = 0; size < file.bytes().size(); ++size) {
    EXPECT_THAT(dat_refusal(file.bytes().first(size)), HasSubstr("old.dat: the file ends inside")) << size;
  }
  EXPECT_THAT(dat_refusal(DatBytes().text("no importance at all").bytes()), HasSubstr("no importance matrix"));
  EXPECT_THAT(dat_refusal(DatBytes().number(1).entry("a", 1, {-1}).bytes()), HasSubstr("negative"));
  EXPECT_THAT(dat_refusal(DatBytes().number(1).entry("a", 1, {}).bytes()), HasSubstr("columns can't be 0"));
  EXPECT_THAT(dat_refusal(DatBytes().number(-1).bytes()), HasSubstr("tensors can't be -1"));
  EXPECT_THAT(dat_refusal(DatBytes().number(1).text("a").number(1).number(0x7FFFFFFF).bytes()),
              HasSubstr("the file ends inside the values"));
}

}  // namespace
}  // namespace minnow::formats
