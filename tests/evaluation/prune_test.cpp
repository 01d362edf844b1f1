// A pruned model computes what the whole one does without those parts, in every family; and the least important go.
#include "evaluation/prune.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "formats/gguf_writer.hpp"
#include "models/altered_file.hpp"
#include "models/family_data.hpp"
#include "models/runner.hpp"
#include "models/spec_reader.hpp"
#include "numeric/format.hpp"
#include "temporary_folder.hpp"
#include "tiny_model.hpp"

namespace minnow::evaluation {
namespace {

using minnow::testing::AlteredTensor;
using ::testing::HasSubstr;

std::vector<std::size_t> all_but_first(std::size_t n, std::size_t n_removed) {
  std::vector<std::size_t> kept;
  for (std::size_t i = n_removed; i < n; ++i) kept.push_back(i);
  return kept;
}

// Zeroes columns [0, n) of a matrix.
void zero_columns(AlteredTensor& tensor, std::size_t n) {
  const std::size_t cols = tensor.shape[0], rows = tensor.shape[1];
  std::vector<float> values(rows * cols);
  numeric::decode(tensor.format, tensor.bytes, values);
  for (std::size_t row = 0; row < rows; ++row) std::fill_n(&values[row * cols], std::min(n, cols), 0.0f);
  numeric::encode(tensor.format, values, tensor.bytes);
}

class PrunedFamily : public ::testing::TestWithParam<std::string> {
 protected:
  PrunedFamily()
      : file_(formats::GgufFile::open(minnow::testing::family_gguf(GetParam()))),
        spec_(models::read_spec(file_)),
        tokens_(minnow::testing::golden_family(GetParam()).prompts.front().tokens) {}

  std::vector<float> logits(const formats::GgufFile& file) {
    const auto decoder = models::Decoder::load(file, kernels::active_kernels(), pool_);
    return minnow::testing::all_logits(decoder, tokens_, tokens_.size(), pool_);
  }

  std::vector<float> logits_without(const KeptParts& kept) {
    const auto path = minnow::testing::process_folder() / "pruned.gguf";
    prune(file_, spec_, kept, path, pool_);
    return logits(formats::GgufFile::open(path));
  }

  // Of the whole model with zeros in the columns that hand on what was cut.
  std::vector<float> logits_with_zeros(std::string_view matrix, std::size_t n_columns) {
    return logits(minnow::testing::altered(GetParam(), {.tensors = [&](std::vector<AlteredTensor>& tensors) {
                                             for (AlteredTensor& tensor : tensors) {
                                               if (tensor.name.ends_with(matrix)) zero_columns(tensor, n_columns);
                                             }
                                           }}));
  }

  bool is_refused(const PruneRequest& request) {
    try {
      prune_size(file_, spec_, request);
      return false;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(spec_.architecture));
      return true;
    }
  }

  KeptParts everything() const { return {.layers = all_but_first(spec_.layers.size(), 0)}; }

  ThreadPool pool_{2};
  formats::GgufFile file_;
  models::DecoderSpec spec_;
  std::vector<models::TokenId> tokens_;
};

constexpr float kRounding = 2e-3f;  // sums of other lengths, in F32 and for some families BF16

TEST_P(PrunedFamily, WithoutChannelsIsTheModelWithZerosThere) {
  const std::size_t n = spec_.layers.front().ffn_size;
  if (is_refused({.channels = n / 2})) GTEST_SKIP() << "its layers differ";
  KeptParts kept = everything();
  kept.channels.assign(spec_.layers.size(), all_but_first(n, n / 2));
  EXPECT_THAT(logits_without(kept),
              ::testing::Pointwise(::testing::FloatNear(kRounding), logits_with_zeros("ffn_down.weight", n / 2)));
}

TEST_P(PrunedFamily, WithoutHeadsIsTheModelWithZerosThere) {
  const models::LayerSpec& layer = spec_.layers.front();
  if (layer.n_kv_heads < 2) GTEST_SKIP() << "it has one group of heads";
  const std::size_t group = layer.n_heads / layer.n_kv_heads;
  if (is_refused({.heads = group})) GTEST_SKIP() << "its layers differ";
  KeptParts kept = everything();
  kept.head_groups.assign(spec_.layers.size(), all_but_first(layer.n_kv_heads, 1));
  EXPECT_THAT(logits_without(kept),
              ::testing::Pointwise(::testing::FloatNear(kRounding),
                                   logits_with_zeros("attn_output.weight", group * spec_.value_size)));
}

TEST_P(PrunedFamily, WithoutALayerIsTheModelWithALayerThatAddsNothing) {
  if (spec_.layers.size() < 2) GTEST_SKIP() << "it has one layer";
  if (is_refused({.layers = 1})) GTEST_SKIP() << "its layers differ by their place";
  const auto without = logits_without({.layers = all_but_first(spec_.layers.size(), 1)});
  const auto silent = minnow::testing::altered(
      GetParam(), {.tensors = [](std::vector<AlteredTensor>& tensors) {
        for (AlteredTensor& tensor : tensors) {
          if (!tensor.name.starts_with("blk.0.attn_output.") && !tensor.name.starts_with("blk.0.ffn_down.")) continue;
          std::ranges::fill(tensor.bytes, std::byte{0});
        }
      }});
  EXPECT_EQ(without, logits(silent));
}

INSTANTIATE_TEST_SUITE_P(Golden, PrunedFamily, ::testing::ValuesIn(minnow::testing::family_names()),
                         [](const auto& family) {
                           std::string name = family.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

const char* const kText = "a fish in the river and a fish in the net are not the same fish at all they say";

constexpr std::size_t kAllColumns = 1 << 20;

// The tiny model with zeros in the first columns of the matrices whose names end so.
std::filesystem::path idle_model(std::string_view matrix, std::size_t n_columns, std::string_view other = "none") {
  const auto file = formats::GgufFile::open(minnow::testing::tiny_model());
  formats::GgufWriter out;
  out.metadata() = file.metadata();
  for (const auto& tensor : file.tensors()) {
    out.add_tensor(tensor.name, tensor.format, std::span(tensor.shape).first(tensor.n_dimensions));
  }
  const auto path = minnow::testing::process_folder() / "idle.gguf";
  out.write(path, [&](const formats::TensorInfo& to, const formats::GgufWriter::Sink& sink) {
    const formats::TensorInfo& from = *file.find(to.name);
    AlteredTensor tensor{.name = to.name,
                         .shape = {from.shape[0], from.shape[1]},
                         .format = from.format,
                         .bytes = {file.data(from).begin(), file.data(from).end()}};
    if (to.name.ends_with(matrix) || to.name.ends_with(other)) zero_columns(tensor, n_columns);
    sink(tensor.bytes);
  });
  return path;
}

PartImportance measured(const std::filesystem::path& path) {
  ModelOptions options;
  options.pack_dir = "off";
  return measure_parts(Model::load(path, options), kText, {.passages = {.context = 16}});
}

TEST(PartImportance, ChannelsAndHeadsThatHandNothingOnDoNothing) {
  for (const auto& channels : measured(idle_model("ffn_down.weight", 5)).channels) {
    EXPECT_EQ(std::ranges::count(channels, 0.0), 5);
    EXPECT_EQ(std::count(channels.begin(), channels.begin() + 5, 0.0), 5);
  }
  const auto spec = models::read_spec(formats::GgufFile::open(minnow::testing::tiny_model()));
  const std::size_t group = spec.layers[0].n_heads / spec.layers[0].n_kv_heads;
  for (const auto& groups : measured(idle_model("attn_output.weight", group * spec.value_size)).head_groups) {
    EXPECT_EQ(groups[0], 0);
    for (std::size_t i = 1; i < groups.size(); ++i) EXPECT_GT(groups[i], 0);
  }
}

TEST(PartImportance, ALayerThatAddsNothingHasNoInfluence) {
  const auto idle = measured(idle_model("blk.0.attn_output.weight", kAllColumns, "blk.0.ffn_down.weight")).layers;
  EXPECT_NEAR(idle[0], 0, 1e-9);
  EXPECT_GT(idle[1], 1e-3);
  EXPECT_GT(measured(minnow::testing::tiny_model()).layers[0], 1e-3);
}

TEST(ChooseParts, KeepsTheMostImportantInTheirOrder) {
  const PartImportance importance{.layers = {0.5, 0.1, 0.4, 0.2},
                                  .head_groups = {{1, 2}, {2, 1}, {3, 3}, {0, 1}},
                                  .channels = {{4, 1, 3}, {1, 4, 3}, {0, 0, 0}, {1, 2, 3}}};
  const KeptParts kept = choose_parts({.layers = 2, .head_groups = 1, .channels = 2}, importance);
  EXPECT_EQ(kept.layers, (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(kept.head_groups, (std::vector<std::vector<std::size_t>>{{1}, {0}, {0}, {1}}));
  EXPECT_EQ(kept.channels, (std::vector<std::vector<std::size_t>>{{0, 2}, {1, 2}, {0, 1}, {1, 2}}));
}

class PruneSizes : public ::testing::Test {
 protected:
  std::string refusal(const std::string& family, const PruneRequest& request) {
    const auto file = formats::GgufFile::open(minnow::testing::family_gguf(family));
    try {
      prune_size(file, models::read_spec(file), request);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was refused";
  }
};

TEST_F(PruneSizes, AreRefusedInOneSentenceWhereTheyMakeNoSense) {
  EXPECT_THAT(refusal("llama", {}), HasSubstr("nothing to remove"));
  EXPECT_THAT(refusal("llama", {.layers = 2}), HasSubstr("has 2 layers: 2 can't be removed"));
  EXPECT_THAT(refusal("llama", {.heads = 1}), HasSubstr("2 heads share a key and a value: remove a multiple of 2"));
  EXPECT_THAT(refusal("llama", {.heads = 4}), HasSubstr("4 heads in 2 groups"));
  EXPECT_THAT(refusal("llama", {.channels = 64}), HasSubstr("64 channels"));
  EXPECT_THAT(refusal("llama", {.channels = 7}), HasSubstr("blocks of 32"));
  EXPECT_THAT(refusal("gemma2", {.layers = 1}), HasSubstr("by their place"));
  EXPECT_THAT(refusal("openelm", {.heads = 2}), HasSubstr("differ in their heads"));
  EXPECT_THAT(refusal("openelm", {.channels = 32}), HasSubstr("differ in their number of channels"));
}

TEST_F(PruneSizes, TellWhereAnotherProgramWillRefuseTheFile) {
  const auto notes = [](const char* family) {
    const auto file = formats::GgufFile::open(minnow::testing::family_gguf(family));
    return prune_size(file, models::read_spec(file), {.heads = 2}).notes;
  };
  EXPECT_THAT(notes("llama"), ::testing::IsEmpty());
  EXPECT_THAT(notes("qwen2"), ::testing::ElementsAre(HasSubstr("llama.cpp wants as many heads")));
}

TEST_F(PruneSizes, AreRoundedSoThatRowsFitTheirBlocksAndSayIt) {
  const auto file = formats::GgufFile::open(minnow::testing::family_gguf("phi2"));
  const PruneSize size = prune_size(file, models::read_spec(file), {.channel_share = 0.3});
  EXPECT_EQ(size.channels, 192u);
  EXPECT_THAT(size.notes,
              ::testing::ElementsAre("64 of 256 channels are removed, not 76: what stays must be a multiple of 32"));
}

}  // namespace
}  // namespace minnow::evaluation
