// From the difference of two models to an adapter, and back.
#include "formats/extract_adapter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/error.hpp"
#include "formats/gguf_files.hpp"
#include "formats/merge_adapter.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;
using ::testing::HasSubstr;

// A model of two matrices in a layer, an embedding and a norm; tests change a part of it.
struct TinyModel {
  Metadata metadata;
  std::map<std::string, std::vector<std::uint64_t>> shapes{{"token_embd.weight", {32, 12}},
                                                           {"blk.0.attn_q.weight", {32, 48}},
                                                           {"blk.0.ffn_down.weight", {64, 32}},
                                                           {"blk.0.attn_norm.weight", {32}}};
  std::map<std::string, std::vector<float>> values;
  Format format = Format::f32;

  TinyModel() {
    metadata.set("general.architecture", std::string("llama"));
    metadata.set("llama.block_count", std::uint64_t{1});
    metadata.set("tokenizer.ggml.tokens", std::vector<std::string>{"a", "b"});
    std::mt19937 random(4);
    for (const auto& [name, shape] : shapes) values[name] = noise(shape[0] * (shape.size() > 1 ? shape[1] : 1), random);
  }

  static std::vector<float> noise(std::size_t n, std::mt19937& random) {
    std::normal_distribution<float> normal(0.0f, 0.05f);
    std::vector<float> out(n);
    for (float& value : out) value = normal(random);
    return out;
  }

  // Adds the product of two random thin matrices.
  void tune(const std::string& name, std::size_t rank) {
    std::mt19937 random(9);
    const std::size_t cols = shapes.at(name)[0], rows = shapes.at(name)[1];
    const auto a = noise(rank * cols, random), b = noise(rows * rank, random);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t k = 0; k < rank; ++k) {
        for (std::size_t col = 0; col < cols; ++col)
          values[name][row * cols + col] += b[row * rank + k] * a[k * cols + col];
      }
    }
  }

  GgufFile write(const std::filesystem::path& path) const {
    GgufWriter out;
    out.metadata() = metadata;
    for (const auto& [name, shape] : shapes) out.add_tensor(name, shape.size() == 1 ? Format::f32 : format, shape);
    out.write(path, [&](const TensorInfo& tensor, const GgufWriter::Sink& sink) {
      std::vector<std::byte> bytes(tensor.size_bytes);
      numeric::encode(tensor.format, values.at(tensor.name), bytes);
      sink(bytes);
    });
    return GgufFile::open(path);
  }
};

std::vector<float> values_of(const GgufFile& file, std::string_view name) {
  const TensorInfo& tensor = *file.find(name);
  std::vector<float> values(tensor.row_length() * tensor.n_rows());
  numeric::decode(tensor.format, file.data(tensor), values);
  return values;
}

class ExtractAdapter : public ::testing::Test {
 protected:
  ExtractedAdapter extract(std::size_t rank) {
    return extract_adapter(base_.write(folder_ / "base.gguf"), tuned_.write(folder_ / "tuned.gguf"), {.rank = rank},
                           pool_);
  }

  std::string refusal() {
    try {
      extract(4);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was refused";
  }

  ThreadPool pool_{2};
  TemporaryFolder folder_;
  TinyModel base_, tuned_;
};

TEST_F(ExtractAdapter, AndMergeGiveTheTunedModelBack) {
  tuned_.tune("blk.0.attn_q.weight", 3);
  tuned_.tune("blk.0.ffn_down.weight", 5);
  const ExtractedAdapter found = extract(5);
  write_adapter(folder_ / "adapter.gguf", found.adapter);
  const LoraAdapter adapter = read_adapter(folder_ / "adapter.gguf", {});
  EXPECT_EQ(adapter.architecture, "llama");
  merge_adapter(GgufFile::open(folder_ / "base.gguf"), adapter, folder_ / "merged.gguf", pool_);
  const auto merged = GgufFile::open(folder_ / "merged.gguf"), tuned = GgufFile::open(folder_ / "tuned.gguf");
  for (const auto& [name, _] : tuned_.shapes) {
    EXPECT_THAT(values_of(merged, name), ::testing::Pointwise(::testing::FloatNear(1e-6f), values_of(tuned, name)));
  }
  ASSERT_EQ(found.matrices.size(), 2u);
  EXPECT_NEAR(found.energy_share(), 1, 1e-6);
  EXPECT_TRUE(found.left_out.empty());
}

TEST_F(ExtractAdapter, SaysHowMuchOfADifferenceASmallerRankHolds) {
  tuned_.tune("blk.0.ffn_down.weight", 5);
  const ExtractedAdapter found = extract(2);
  ASSERT_EQ(found.matrices.size(), 1u);
  EXPECT_EQ(found.matrices[0].tensor, "blk.0.ffn_down.weight");
  EXPECT_EQ(found.matrices[0].rank, 2u);
  const auto base = values_of(GgufFile::open(folder_ / "base.gguf"), "blk.0.ffn_down.weight");
  const auto tuned = values_of(GgufFile::open(folder_ / "tuned.gguf"), "blk.0.ffn_down.weight");
  merge_adapter(GgufFile::open(folder_ / "base.gguf"), found.adapter, folder_ / "merged.gguf", pool_);
  const auto merged = values_of(GgufFile::open(folder_ / "merged.gguf"), "blk.0.ffn_down.weight");
  double all = 0, lost = 0, whole = 0;
  for (std::size_t i = 0; i < base.size(); ++i) {
    all += std::pow(static_cast<double>(tuned[i]) - static_cast<double>(base[i]), 2);
    lost += std::pow(static_cast<double>(tuned[i]) - static_cast<double>(merged[i]), 2);
    whole += std::pow(static_cast<double>(base[i]), 2);
  }
  EXPECT_NEAR(found.matrices[0].energy_share, 1 - lost / all, 1e-5);
  EXPECT_NEAR(found.matrices[0].change, std::sqrt(all / whole), 1e-6);
  EXPECT_LT(found.energy_share(), 0.9);
}

TEST_F(ExtractAdapter, ListsWhatAnAdapterCannotCarry) {
  tuned_.tune("blk.0.attn_q.weight", 1);
  tuned_.values["blk.0.attn_norm.weight"][3] += 1;
  tuned_.tune("token_embd.weight", 2);
  const ExtractedAdapter found = extract(1);
  ASSERT_EQ(found.left_out.size(), 2u);
  EXPECT_THAT((std::vector{found.left_out[0].tensor, found.left_out[1].tensor}),
              ::testing::UnorderedElementsAre("blk.0.attn_norm.weight", "token_embd.weight"));
  EXPECT_GT(found.left_out[0].change, 0);
  EXPECT_EQ(found.adapter.changes.size(), 1u);
}

TEST_F(ExtractAdapter, TakesModelsOfDifferentFormats) {
  tuned_.tune("blk.0.attn_q.weight", 1);
  base_.format = Format::bf16;
  const ExtractedAdapter found = extract(1);
  EXPECT_EQ(found.matrices.size(), 2u) << "what BF16 rounded away is a difference too";
}

TEST_F(ExtractAdapter, RefusesAnotherArchitecture) {
  tuned_.metadata.set("general.architecture", std::string("qwen2"));
  EXPECT_THAT(refusal(), HasSubstr("'llama'"));
}

TEST_F(ExtractAdapter, RefusesAnotherVocabulary) {
  tuned_.metadata.set("tokenizer.ggml.tokens", std::vector<std::string>{"a", "b", "c"});
  EXPECT_THAT(refusal(), HasSubstr("different vocabularies (2 and 3 tokens)"));
}

TEST_F(ExtractAdapter, RefusesOtherHyperparametersButNotAnotherContext) {
  base_.metadata.set("llama.context_length", std::uint64_t{512});
  tuned_.metadata.set("llama.context_length", std::uint64_t{1024});
  tuned_.tune("blk.0.attn_q.weight", 1);
  EXPECT_EQ(refusal(), "nothing was refused");
  base_.metadata.set("llama.rope.freq_base", 1e4);
  tuned_.metadata.set("llama.rope.freq_base", 1e6);
  EXPECT_THAT(refusal(), HasSubstr("differ in llama.rope.freq_base"));
}

TEST_F(ExtractAdapter, RefusesAnotherShape) {
  tuned_.shapes["blk.0.attn_q.weight"] = {32, 24};
  tuned_.values["blk.0.attn_q.weight"].resize(32 * 24);
  EXPECT_THAT(refusal(), HasSubstr("'blk.0.attn_q.weight' is 48 × 32"));
}

TEST_F(ExtractAdapter, RefusesAMissingTensorOnEitherSide) {
  tuned_.shapes.erase("blk.0.ffn_down.weight");
  EXPECT_THAT(refusal(), HasSubstr("tuned.gguf has no 'blk.0.ffn_down.weight'"));
  std::swap(base_, tuned_);
  EXPECT_THAT(refusal(), HasSubstr("base.gguf has no 'blk.0.ffn_down.weight'"));
}

TEST_F(ExtractAdapter, NamesTensorAndRowOfAWeightThatIsNoNumber) {
  tuned_.values["blk.0.ffn_down.weight"][64 * 7] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(refusal(), AllOf(HasSubstr("tuned.gguf"), HasSubstr("'blk.0.ffn_down.weight'"), HasSubstr("row 7")));
}

TEST_F(ExtractAdapter, RefusesModelsThatAreTheSame) { EXPECT_THAT(refusal(), HasSubstr("nothing to extract")); }

}  // namespace
}  // namespace minnow::formats
