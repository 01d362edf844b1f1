// What the readers make of a file: the ecosystem's defaults for keys that are absent, and each family's own ways.
#include <gtest/gtest.h>

#include <cmath>

#include "models/altered_file.hpp"
#include "models/family_data.hpp"
#include "models/spec_reader.hpp"

namespace minnow::models {
namespace {

using formats::Metadata;
using testing::altered;

DecoderSpec spec_of(const std::string& family, std::function<void(Metadata&)> change = {}) {
  return read_spec(altered(family, {.metadata = std::move(change)}));
}

std::vector<std::size_t> windows(const DecoderSpec& spec) {
  std::vector<std::size_t> found;
  for (const LayerSpec& layer : spec.layers) found.push_back(layer.sliding_window);
  return found;
}

TEST(Spec, HasTheEcosystemsDefaultsForAbsentKeys) {
  const DecoderSpec spec = spec_of("llama-tied", [](Metadata& metadata) {
    for (const auto* key : {"attention.head_count_kv", "attention.key_length", "attention.value_length",
                            "rope.dimension_count", "rope.freq_base", "context_length"}) {
      metadata.erase(std::string("llama.") + key);
    }
  });
  EXPECT_EQ(spec.layers[0].n_kv_heads, spec.layers[0].n_heads);
  EXPECT_EQ(spec.key_size, spec.embedding_size / spec.layers[0].n_heads);
  EXPECT_EQ(spec.value_size, spec.key_size);
  EXPECT_EQ(spec.rope.n_dims, spec.key_size);
  EXPECT_EQ(spec.rope.base, 10000);
  EXPECT_EQ(spec.context_length, 0u);
  EXPECT_TRUE(spec.tied_output);
}

TEST(Spec, ReadsTheOldNameOfLinearScaling) {
  const DecoderSpec spec = spec_of("llama", [](Metadata& metadata) { metadata.set("llama.rope.scale_linear", 4.0); });
  EXPECT_EQ(spec.rope.scaling, RopeScaling::linear);
  EXPECT_EQ(spec.rope.factor, 4);
}

TEST(Spec, AlternatesGemma2Windows) {
  const std::size_t w = 16;
  EXPECT_EQ(windows(spec_of("gemma2")), (std::vector<std::size_t>{w, 0, w}));
}

TEST(Spec, LetsEverySixthGemma3LayerSeeEverythingUnlessTheFileSaysOtherwise) {
  const std::size_t w = 16;
  EXPECT_EQ(windows(spec_of("gemma3")), (std::vector<std::size_t>{w, w, w, w, w, 0, w}));
  constexpr auto* kPattern = "gemma3.attention.sliding_window_pattern";
  EXPECT_EQ(windows(spec_of("gemma3", [](Metadata& metadata) { metadata.set(kPattern, std::uint64_t{3}); })),
            (std::vector<std::size_t>{w, w, 0, w, w, 0, w}));
  const std::vector<bool> listed = {false, true, true, false, true, true, false};
  EXPECT_EQ(windows(spec_of("gemma3", [&](Metadata& metadata) { metadata.set(kPattern, listed); })),
            (std::vector<std::size_t>{0, w, w, 0, w, w, 0}));
}

TEST(Spec, CapsGemma2AsItsAuthorsDidWhenTheFileIsSilent) {
  const DecoderSpec spec = spec_of("gemma2", [](Metadata& metadata) {
    metadata.erase("gemma2.attn_logit_softcapping");
    metadata.erase("gemma2.final_logit_softcapping");
  });
  EXPECT_EQ(spec.attention_soft_cap, 50);
  EXPECT_EQ(spec.final_soft_cap, 30);
}

}  // namespace
}  // namespace minnow::models
