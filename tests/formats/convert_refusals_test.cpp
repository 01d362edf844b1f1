// What convert refuses, and with which words.
#include <gmock/gmock.h>

#include <random>

#include "convert_fixture.hpp"

namespace minnow::formats {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ConvertRefuses : public ConvertTest {
 protected:
  // The sentence when `key` of a golden model's config.json is something else.
  std::string with(const std::string& name, const std::string& key, const nlohmann::json& value) const {
    const auto folder = copy_of(name);
    edit_json(folder / "config.json", [&](nlohmann::json& config) { config[key] = value; });
    return refusal(folder);
  }
};

TEST_F(ConvertRefuses, UnknownArchitecturesAndNamesTheKnownOnes) {
  EXPECT_THAT(with("llama", "architectures", {"MambaForCausalLM"}),
              AllOf(HasSubstr("'MambaForCausalLM'"), HasSubstr("LlamaForCausalLM"), HasSubstr("OpenELMForCausalLM")));
  EXPECT_THAT(with("llama", "architectures", nlohmann::json::array()), HasSubstr("architectures is empty"));
}

TEST_F(ConvertRefuses, SourcesThatAreNeitherFolderNorCheckpoint) {
  EXPECT_THAT(refusal(folder_ / "nowhere"), HasSubstr("no such file or folder"));
  EXPECT_THAT(refusal(folder_), HasSubstr("no config.json"));
  const auto folder = copy_of("llama");
  EXPECT_THAT(refusal(folder / "model.safetensors"), HasSubstr("name the whole folder"));
  EXPECT_THAT(refusal(folder / "config.json"), HasSubstr("name the whole folder"));
  convert(folder, folder / "model.gguf");
  EXPECT_THAT(refusal(folder / "model.gguf"), HasSubstr("is a GGUF file already"));
  std::filesystem::remove(folder / "model.safetensors");
  EXPECT_THAT(refusal(folder), HasSubstr("neither model.safetensors nor"));
}

TEST_F(ConvertRefuses, SettingsOfTheWrongKind) {
  EXPECT_THAT(with("llama", "hidden_size", "big"), HasSubstr("hidden_size is not a whole number"));
  EXPECT_THAT(with("llama", "hidden_size", -4), HasSubstr("hidden_size is not a whole number"));
  EXPECT_THAT(with("llama", "hidden_size", nullptr), HasSubstr("hidden_size is missing"));
  EXPECT_THAT(with("llama", "num_hidden_layers", 0), HasSubstr("num_hidden_layers cannot be 0"));
  EXPECT_THAT(with("llama", "num_hidden_layers", 1000000), HasSubstr("num_hidden_layers cannot be 1000000"));
  EXPECT_THAT(with("llama", "num_key_value_heads", 3), HasSubstr("does not divide"));
  EXPECT_THAT(with("llama", "tie_word_embeddings", 1), HasSubstr("neither true nor false"));
  EXPECT_THAT(with("llama", "rope_parameters", 7), HasSubstr("not a JSON object"));
  EXPECT_THAT(with("openelm", "ffn_multipliers", {1.0}), HasSubstr("lists per layer disagree"));
}

TEST_F(ConvertRefuses, SettingsItCannotExpress) {
  EXPECT_THAT(with("llama", "rope_parameters", {{"rope_type", "dynamic"}, {"rope_theta", 1e4}}),
              HasSubstr("'dynamic'"));
  EXPECT_THAT(with("qwen2", "use_sliding_window", true), HasSubstr("use_sliding_window"));
  EXPECT_THAT(with("gpt2", "scale_attn_weights", false), HasSubstr("scale_attn_weights"));
  EXPECT_THAT(with("gemma2", "layer_types", {"full_attention", "full_attention", "full_attention"}),
              HasSubstr("layer_types"));
  EXPECT_THAT(
      with("phi3-partial", "rope_scaling", {{"type", "longrope"}, {"long_factor", {1.0}}, {"short_factor", {1.0}}}),
      HasSubstr("must hold 6 numbers"));
}

TEST_F(ConvertRefuses, TwoDifferentWaysToScalePositions) {
  const nlohmann::json yarn = {{"rope_type", "yarn"}, {"factor", 4.0}};
  EXPECT_THAT(with("llama", "rope_scaling", yarn), HasSubstr("rope_scaling and rope_parameters say different things"));
  EXPECT_EQ(with("llama", "rope_scaling", nullptr), "");
  EXPECT_EQ(with("llama", "rope_scaling", nlohmann::json::object()), "");
}

TEST_F(ConvertRefuses, OtherActivationFunctions) {
  EXPECT_THAT(with("llama", "hidden_act", "relu"), HasSubstr("hidden_act is 'relu', and llama models compute silu"));
  EXPECT_THAT(with("gpt2", "activation_function", "gelu"), HasSubstr("activation_function is 'gelu'"));
  EXPECT_THAT(with("gemma2", "hidden_activation", "silu"), HasSubstr("hidden_activation is 'silu'"));
  EXPECT_EQ(with("llama", "hidden_act", "swish"), "") << "another name of silu";
  EXPECT_EQ(with("gemma", "hidden_act", "gelu"), "") << "what Gemma's first files call the approximation";
}

TEST_F(ConvertRefuses, WeightsThatWereQuantizedAlready) {
  EXPECT_THAT(with("llama", "quantization_config", {{"quant_method", "gptq"}}),
              HasSubstr("quantization_config says the weights were quantized already"));
}

TEST_F(ConvertRefuses, ToReplaceAFileOfTheSource) {
  const auto folder = copy_of("llama");
  const std::string weights = read_text(folder / "model.safetensors");
  for (const char* own : {"model.safetensors", "config.json"}) {
    EXPECT_THROW(convert(folder, folder / own), Error) << own;
  }
  EXPECT_EQ(read_text(folder / "model.safetensors"), weights);
  EXPECT_NO_THROW(convert(folder, folder / "model.gguf"));
  EXPECT_NO_THROW(convert(folder, folder / "model.gguf")) << "a result of before";
}

TEST_F(ConvertRefuses, AFolderThatLacksAShard) {
  const auto folder = copy_of("llama");
  std::filesystem::rename(folder / "model.safetensors", folder / "model-00001-of-00002.safetensors");
  write_text(folder / "model.safetensors.index.json",
             R"({"weight_map": {"model.norm.weight": "model-00002-of-00002.safetensors"}})");
  EXPECT_THAT(refusal(folder), HasSubstr("model-00002-of-00002.safetensors is missing, which "
                                         "model.safetensors.index.json names; is the download complete?"));
}

TEST_F(ConvertRefuses, MissingTensorsByName) {
  EXPECT_THAT(with("llama", "num_hidden_layers", 3), HasSubstr("'model.layers.2.input_layernorm.weight' is missing"));
  EXPECT_THAT(with("llama", "attention_bias", true), HasSubstr("'model.layers.0.self_attn.q_proj.bias' is missing"));
  EXPECT_THAT(with("llama-tied", "tie_word_embeddings", false), HasSubstr("'lm_head.weight' is missing"));
}

TEST_F(ConvertRefuses, TensorsThatHaveNoPlace) {
  EXPECT_THAT(with("llama", "num_hidden_layers", 1), HasSubstr("has no place in a model of the llama family"));
  EXPECT_THAT(with("llama-bias", "mlp_bias", false), HasSubstr("has no place"));
}

TEST_F(ConvertRefuses, ShapesThatContradictTheSettings) {
  EXPECT_THAT(with("llama", "intermediate_size", 96),
              HasSubstr("has the shape [64, 32], but config.json says [96, 32]"));
  EXPECT_THAT(with("llama", "vocab_size", 2147483647), HasSubstr("has the shape [96, 32]"));
  EXPECT_THAT(with("llama", "head_dim", 7), HasSubstr("has the shape"));
}

TEST_F(ConvertRefuses, TruncatedWeights) {
  const auto folder = copy_of("llama");
  const std::string weights = read_text(folder / "model.safetensors");
  write_text(folder / "model.safetensors", weights.substr(0, weights.size() - 4));
  EXPECT_THAT(refusal(folder), HasSubstr("past the end of the file"));
  EXPECT_FALSE(std::filesystem::exists(result())) << "no half file may remain";
}

TEST_F(ConvertRefuses, OrConvertsAThousandDamagedConfigurations) {
  const auto folder = copy_of("phi3-partial");
  const std::string whole = read_text(folder / "config.json");
  std::mt19937_64 random(5);
  std::size_t refused = 0;
  for (int round = 0; round < 1000; ++round) {
    std::string text = whole;
    for (std::size_t i = 1 + random() % 3; i > 0; --i)
      text[random() % text.size()] = "0123456789.-\"[]{},:anrt"[random() % 23];
    write_text(folder / "config.json", text);
    refused += refusal(folder).empty() ? 0 : 1;  // anything else than an Error fails the test
  }
  EXPECT_GT(refused, 500U);
}

}  // namespace
}  // namespace minnow::formats
