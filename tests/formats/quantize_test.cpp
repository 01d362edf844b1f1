// Rewriting whole files: what is kept, what is refused, and that nothing depends on threads.
#include "formats/quantize.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "base/error.hpp"
#include "base/file.hpp"
#include "formats/gguf_writer.hpp"
#include "small_disk.hpp"
#include "temporary_folder.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;
using ::testing::HasSubstr;

class Quantize : public ::testing::Test {
 protected:
  // A matrix of 64 rows of `row_length` and a norm, in `format`; `strange` replaces the first value of row 5.
  GgufFile source(std::uint64_t row_length, Format format = Format::f32, std::optional<float> strange = {}) {
    GgufWriter out;
    out.metadata().set("general.architecture", std::string("llama"));
    out.add_tensor("blk.0.ffn_up.weight", format, {row_length, 64});
    out.add_tensor("blk.0.ffn_norm.weight", Format::f32, {row_length});
    std::mt19937 random(3);
    std::normal_distribution<float> normal(0.0f, 0.02f);
    const auto path = folder_ / "in.gguf";
    out.write(path, [&](const TensorInfo& tensor, const GgufWriter::Sink& sink) {
      std::vector<float> values(tensor.row_length() * tensor.n_rows());
      for (float& value : values) value = normal(random);
      if (strange && tensor.n_rows() > 1) values[5 * row_length] = *strange;
      std::vector<std::byte> bytes(tensor.size_bytes);
      numeric::encode(tensor.format, values, bytes);
      sink(bytes);
    });
    return GgufFile::open(path);
  }

  std::filesystem::path to(std::string_view name) const { return folder_ / name; }

  std::string refusal(const GgufFile& file, std::string_view recipe) {
    ThreadPool pool(3);
    try {
      quantize(file, to("out.gguf"), quantization_from_name(recipe), pool);
    } catch (const Error& error) {
      EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1)
          << "something was left behind";
      return error.what();
    }
    return "nothing was refused";
  }

  const testing::TemporaryFolder folder_;
};

TEST_F(Quantize, WritesTheSameBytesWithAnyNumberOfThreads) {
  const auto file = source(512);
  for (const char* recipe : {"Q4_K_M", "Q2_K", "Q8_0", "IQ4_XS"}) {
    ThreadPool one(1), many(5);
    quantize(file, to("one.gguf"), quantization_from_name(recipe), one);
    quantize(file, to("many.gguf"), quantization_from_name(recipe), many);
    EXPECT_EQ(read_file(to("one.gguf")), read_file(to("many.gguf"))) << recipe;
  }
}

TEST_F(Quantize, KeepsWhatIsNoMatrixAndSaysWhatItMade) {
  const auto file = source(256);
  ThreadPool pool(2);
  quantize(file, to("out.gguf"), quantization_from_name("Q3_K_L"), pool);
  const auto out = GgufFile::open(to("out.gguf"));
  const TensorInfo &norm = *out.find("blk.0.ffn_norm.weight"), &before = *file.find("blk.0.ffn_norm.weight");
  EXPECT_EQ(norm.format, Format::f32);
  EXPECT_TRUE(std::ranges::equal(out.data(norm), file.data(before)));
  EXPECT_EQ(out.find("blk.0.ffn_up.weight")->format, Format::q3_k);
  EXPECT_EQ(out.metadata().unsigned_integer("general.file_type"), 13u);
}

TEST_F(Quantize, NamesTensorAndRowOfAWeightThatIsNoNumber) {
  for (const float strange : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    for (const Format format : {Format::f32, Format::f16, Format::bf16}) {
      const auto file = source(256, format, strange);
      const std::string sentence = refusal(file, "Q4_K_M");
      EXPECT_THAT(sentence, HasSubstr("blk.0.ffn_up.weight"));
      EXPECT_THAT(sentence, HasSubstr("row 5"));
    }
  }
}

TEST_F(Quantize, NamesAWeightThatIsNoNumberEvenWhereItOnlyCopies) {
  EXPECT_THAT(refusal(source(256, Format::f32, std::numeric_limits<float>::infinity()), "F32"), HasSubstr("row 5"));
}

TEST_F(Quantize, NamesAWeightTooLargeForItsNewFormat) {
  const auto file = source(256, Format::bf16, 3e38f);
  for (const char* recipe : {"F16", "Q8_0", "Q4_0", "Q6_K"}) {
    const std::string sentence = refusal(file, recipe);
    EXPECT_THAT(sentence, HasSubstr("row 5"));
    EXPECT_THAT(sentence, HasSubstr("too large")) << recipe;
  }
}

TEST_F(Quantize, DescribesFallbacksOncePerKind) {
  const auto file = source(96);
  const auto choices = choose_formats(quantization_from_name("Q4_K_M"), file.metadata(), file.tensors());
  EXPECT_THAT(describe_fallbacks(file.tensors(), choices),
              ::testing::ElementsAre("rows of 96 don't divide into the 256 values of Q4_K's blocks: "
                                     "blk.0.ffn_up.weight becomes Q5_0 instead"));
}

TEST_F(Quantize, LeavesNothingBehindWhenTheDiskIsFull) {
  const auto file = source(256);
  const SmallDisk disk(4096);
  EXPECT_THAT(refusal(file, "Q4_K_M"), HasSubstr("cannot write"));
}

}  // namespace
}  // namespace minnow::formats
