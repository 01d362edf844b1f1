// What loading refuses, and that it says so in one sentence naming the culprit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "minnow/error.hpp"
#include "models/altered_file.hpp"
#include "models/family_data.hpp"
#include "models/runner.hpp"

namespace minnow::models {
namespace {

using formats::Metadata;
using formats::MetadataValue;
using ::testing::AllOf;
using testing::Alteration;
using testing::altered;
using testing::AlteredTensor;
using ::testing::HasSubstr;
using testing::refusal;

Alteration set_key(std::string key, MetadataValue value) {
  return {.metadata = [=](Metadata& metadata) { metadata.set(key, value); }};
}

Alteration change_tensor(std::string name, std::function<void(AlteredTensor&)> change) {
  return {.tensors = [=](std::vector<AlteredTensor>& tensors) {
    for (AlteredTensor& tensor : tensors) {
      if (tensor.name == name) change(tensor);
    }
  }};
}

MetadataValue number(std::uint64_t value) { return value; }

TEST(ModelLoading, TakesTheFileAsItIs) { EXPECT_EQ(refusal("llama", {}), ""); }

TEST(ModelLoading, RefusesAnUnknownArchitectureAndNamesThoseItKnows) {
  EXPECT_THAT(refusal("llama", set_key("general.architecture", std::string("mamba"))),
              AllOf(HasSubstr("'mamba'"), HasSubstr("llama, qwen2"), HasSubstr("gpt2")));
}

TEST(ModelLoading, RefusesAMissingTensorByName) {
  for (const std::string name :
       {"token_embd.weight", "output_norm.weight", "blk.1.attn_k.weight", "blk.0.ffn_down.weight"}) {
    const Alteration without{.tensors = [&](std::vector<AlteredTensor>& tensors) {
      std::erase_if(tensors, [&](const AlteredTensor& tensor) { return tensor.name == name; });
    }};
    EXPECT_THAT(refusal("llama", without), AllOf(HasSubstr(name), HasSubstr("missing")));
  }
}

TEST(ModelLoading, RefusesAMisshapenTensorByName) {
  for (const std::string name : {"blk.1.attn_q.weight", "blk.0.ffn_up.weight", "output.weight"}) {
    const auto transpose = [](AlteredTensor& tensor) {
      if (tensor.shape[0] == tensor.shape[1])
        tensor.shape = {tensor.shape[0] * 2, tensor.shape[1] / 2};
      else
        std::swap(tensor.shape[0], tensor.shape[1]);
    };
    EXPECT_THAT(refusal("llama", change_tensor(name, transpose)), AllOf(HasSubstr(name), HasSubstr("shape")));
  }
  const auto halve = [](AlteredTensor& tensor) {
    tensor.shape[0] /= 2;
    tensor.bytes.resize(tensor.bytes.size() / 2);
  };
  EXPECT_THAT(refusal("llama", change_tensor("blk.0.attn_norm.weight", halve)), HasSubstr("blk.0.attn_norm.weight"));
}

TEST(ModelLoading, RefusesATensorThatNoPartOfTheModelUses) {
  const Alteration extra{.tensors = [](std::vector<AlteredTensor>& tensors) {
    tensors.push_back({.name = "blk.0.ffn_gate_inp.weight",
                       .shape = {4},
                       .format = numeric::Format::f32,
                       .bytes = std::vector<std::byte>(16)});
  }};
  EXPECT_THAT(refusal("llama", extra), HasSubstr("blk.0.ffn_gate_inp.weight"));
}

TEST(ModelLoading, RefusesWeightsThatAreNotFinite) {
  for (const std::string name : {"blk.0.attn_q.weight", "blk.1.ffn_norm.weight", "token_embd.weight"}) {
    const auto spoil = [](AlteredTensor& tensor) {
      const float bad = std::numeric_limits<float>::quiet_NaN();
      std::memcpy(tensor.bytes.data() + tensor.bytes.size() - sizeof(bad), &bad, sizeof(bad));
    };
    EXPECT_THAT(refusal("llama", change_tensor(name, spoil)), AllOf(HasSubstr(name), HasSubstr("not a number")));
  }
}

TEST(ModelLoading, RefusesAbsurdShapes) {
  EXPECT_THAT(refusal("llama", set_key("llama.block_count", number(1'000'000'000))), HasSubstr("llama.block_count"));
  EXPECT_THAT(refusal("llama", set_key("llama.block_count", number(0))), HasSubstr("llama.block_count"));
  EXPECT_THAT(refusal("llama", set_key("llama.attention.head_count", number(0))), HasSubstr("heads"));
  EXPECT_THAT(refusal("llama", set_key("llama.attention.head_count_kv", number(3))), HasSubstr("share"));
  EXPECT_THAT(refusal("llama", set_key("llama.attention.key_length", number(12))), HasSubstr("multiple of 8"));
  EXPECT_THAT(refusal("llama", set_key("llama.embedding_length", number(31))), HasSubstr("token_embd.weight"));
  EXPECT_THAT(refusal("llama", set_key("llama.embedding_length", number(std::uint64_t{1} << 63))),
              HasSubstr("llama.embedding_length"));
  EXPECT_THAT(refusal("llama", set_key("llama.rope.dimension_count", number(7))), HasSubstr("rotated"));
  EXPECT_THAT(refusal("llama", set_key("llama.rope.freq_base", -1.0)), HasSubstr("position encoding"));
  EXPECT_THAT(refusal("llama", set_key("llama.feed_forward_length", std::vector<std::int64_t>{64})),
              HasSubstr("1 values for 2 layers"));
}

TEST(ModelLoading, RefusesWhatWeLack) {
  EXPECT_THAT(refusal("llama", set_key("llama.expert_count", number(8))), HasSubstr("mixture of experts"));
  EXPECT_THAT(refusal("llama", set_key("llama.attention.causal", false)), HasSubstr("embeds text"));
  EXPECT_THAT(refusal("llama", set_key("llama.rope.scaling.type", std::string("spiral"))), HasSubstr("'spiral'"));
}

// Well-formed files whose metadata lies: each either loads, and then runs, or is refused.
void expect_refused_or_runs(const std::string& family, const std::string& key, const MetadataValue& value) {
  const auto file = altered(family, set_key(key, value));
  ThreadPool pool(1);
  try {
    const Decoder decoder = Decoder::load(file, kernels::active_kernels(), pool);
    const TokenId tokens[] = {1, 2, 3};
    testing::all_logits(decoder, tokens, 2, pool);
  } catch (const Error& error) {
    EXPECT_STRNE(error.what(), "");
    EXPECT_NE(error.code(), ErrorCode::internal) << key << ": " << error.what();
  }
}

TEST(ModelLoading, SurvivesAnyValueOfAnyKey) {
  const std::vector<MetadataValue> hostile = {number(0),
                                              number(1),
                                              number(3),
                                              number(8),
                                              number(1'000'000'000),
                                              number(std::numeric_limits<std::uint64_t>::max()),
                                              std::int64_t{-1},
                                              -1.0,
                                              0.0,
                                              1e300,
                                              std::numeric_limits<double>::quiet_NaN(),
                                              std::numeric_limits<double>::infinity(),
                                              std::string("yarn"),
                                              true,
                                              std::vector<std::int64_t>{},
                                              std::vector<std::int64_t>{1, -7},
                                              std::vector<double>{0.5, 2}};
  for (const std::string family : {"llama-yarn-rope", "gemma3", "phi3-longrope", "gpt2"}) {
    const auto file = formats::GgufFile::open(testing::family_gguf(family));
    for (const auto& [key, old] : file.metadata().entries()) {
      if (key.starts_with("tokenizer.")) continue;
      for (const MetadataValue& value : hostile) {
        SCOPED_TRACE(key);
        expect_refused_or_runs(family, key, value);
      }
    }
  }
}

TEST(ModelLoading, SaysHowFarItIs) {
  const auto file = formats::GgufFile::open(testing::family_gguf("llama"));
  ThreadPool pool(1);
  std::uint64_t last = 0, total = 0;
  const Decoder decoder =
      Decoder::load(file, kernels::active_kernels(), pool, [&](std::uint64_t done, std::uint64_t all) {
        EXPECT_GT(done, last);
        last = done;
        total = all;
      });
  EXPECT_EQ(last, total);
  EXPECT_GE(decoder.weights_bytes(), total);
}

}  // namespace
}  // namespace minnow::models
