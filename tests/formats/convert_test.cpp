// Every golden model converts, and the conventions of each family are kept: names, orders, sums, keys.
#include "formats/convert.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <set>

#include "convert_fixture.hpp"

namespace minnow::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Convert : public ConvertTest {
 protected:
  GgufFile converted_family(const std::string& name, OutputType type = OutputType::f32) const {
    return converted(family(name), {.type = type});
  }
  static SafetensorsModel source(const std::string& name) { return SafetensorsModel::open_folder(family(name)); }
};

std::vector<float> row(const std::vector<float>& values, std::size_t index, std::size_t length) {
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(index * length);
  return {begin, begin + static_cast<std::ptrdiff_t>(length)};
}

TEST_F(Convert, TakesEveryGoldenFamilyWhole) {
  const auto manifest = nlohmann::json::parse(read_text(family("manifest.json")));
  std::set<std::string> architectures;
  for (const auto& entry : manifest["families"]) {
    const auto name = entry["name"].get<std::string>();
    const GgufFile file = converted_family(name);
    architectures.emplace(*file.metadata().text("general.architecture"));
    std::uint64_t n_values = 0;
    for (const TensorInfo& tensor : file.tensors()) {
      if (!tensor.name.starts_with("rope_")) n_values += tensor.row_length() * tensor.n_rows();
    }
    std::uint64_t n_source_values = 0;
    const auto weights = source(name);
    for (const SafetensorsTensor& tensor : weights.tensors()) n_source_values += tensor.n_values;
    EXPECT_EQ(n_values, n_source_values) << name;
    EXPECT_EQ(file.find("token_embd.weight")->shape[1], entry["vocabulary_size"].get<std::uint64_t>()) << name;
    EXPECT_TRUE(file.metadata().texts("tokenizer.ggml.tokens").empty()) << name;
  }
  EXPECT_EQ(architectures.size(), 11U);
}

TEST_F(Convert, InterleavesTheRotatedRowsOfLlama) {
  const GgufFile file = converted_family("llama-head-dim");  // 4 heads of 24, 2 key heads
  const auto weights = source("llama-head-dim");
  const auto query = gguf_values(file, "blk.1.attn_q.weight");
  const auto query_source = source_values(weights, "model.layers.1.self_attn.q_proj.weight");
  EXPECT_EQ(row(query, 0, 32), row(query_source, 0, 32));
  EXPECT_EQ(row(query, 1, 32), row(query_source, 12, 32));
  EXPECT_EQ(row(query, 2, 32), row(query_source, 1, 32));
  EXPECT_EQ(row(query, 24 + 23, 32), row(query_source, 24 + 23, 32));
  const auto key = gguf_values(file, "blk.0.attn_k.weight");
  const auto key_source = source_values(weights, "model.layers.0.self_attn.k_proj.weight");
  EXPECT_EQ(row(key, 24 + 3, 32), row(key_source, 24 + 13, 32));
  EXPECT_EQ(gguf_values(file, "blk.0.attn_v.weight"), source_values(weights, "model.layers.0.self_attn.v_proj.weight"));
  EXPECT_EQ(file.metadata().unsigned_integer("llama.attention.key_length"), 24U);
  EXPECT_EQ(file.metadata().unsigned_integer("llama.rope.dimension_count"), 24U);
}

TEST_F(Convert, InterleavesTheBiasesOfLlamaToo) {
  const GgufFile file = converted_family("llama-bias");  // 4 heads of 8
  const auto bias = gguf_values(file, "blk.0.attn_q.bias");
  const auto bias_source = source_values(source("llama-bias"), "model.layers.0.self_attn.q_proj.bias");
  EXPECT_EQ(bias[8 + 1], bias_source[8 + 4]);
  EXPECT_EQ(bias[8 + 2], bias_source[8 + 1]);
  EXPECT_NE(file.find("blk.1.ffn_down.bias"), nullptr);
}

TEST_F(Convert, LeavesTheRowsOfQwenWhereTheyAre) {
  const GgufFile file = converted_family("qwen2");
  const auto weights = source("qwen2");
  EXPECT_EQ(gguf_values(file, "blk.0.attn_q.weight"), source_values(weights, "model.layers.0.self_attn.q_proj.weight"));
  EXPECT_EQ(gguf_values(file, "blk.0.attn_k.bias"), source_values(weights, "model.layers.0.self_attn.k_proj.bias"));
}

TEST_F(Convert, WritesLlama3FactorsForEveryPartOfTheSpectrum) {
  const auto factors = gguf_values(converted_family("llama-llama3-rope"), "rope_freqs.weight");
  ASSERT_EQ(factors.size(), 8U);
  EXPECT_EQ(factors[0], 1);
  EXPECT_EQ(factors[7], 8);
  // A wavelength of 62.8 in a context of 64 turns 1.0186 times: smooth = 0.0062, between 1/8 and 1.
  const double smooth = (64 / (2 * M_PI * 10) - 1) / 3;
  EXPECT_NEAR(factors[2], 1 / ((1 - smooth) / 8 + smooth), 1e-5);
}

TEST_F(Convert, WritesTheScalingOfLinearAndYarn) {
  const auto linear = converted_family("llama-linear-rope").metadata();
  EXPECT_EQ(linear.text("llama.rope.scaling.type"), "linear");
  EXPECT_EQ(linear.number("llama.rope.scaling.factor"), 3.0);
  EXPECT_EQ(linear.number("llama.rope.freq_base"), 5000.0);
  for (const char* name : {"llama-yarn-rope", "qwen2-yarn"}) {  // the new and the old way to say it
    const auto yarn = converted_family(name).metadata();
    const std::string prefix = std::string(name).substr(0, 5) + ".rope.scaling.";
    EXPECT_EQ(yarn.text(prefix + "type"), "yarn") << name;
    EXPECT_EQ(yarn.number(prefix + "factor"), 4.0) << name;
    EXPECT_EQ(yarn.unsigned_integer(prefix + "original_context_length"), 32U) << name;
  }
}

TEST_F(Convert, WritesTheWindowOfMistral) {
  EXPECT_EQ(converted_family("mistral-window").metadata().unsigned_integer("llama.attention.sliding_window"), 16U);
  EXPECT_EQ(converted_family("mistral").metadata().find("llama.attention.sliding_window"), nullptr);
}

TEST_F(Convert, AddsOneToTheNormsOfGemma) {
  for (const char* name : {"gemma", "gemma2", "gemma3"}) {
    const GgufFile file = converted_family(name);
    const auto weights = source(name);
    auto expected = source_values(weights, "model.layers.1.input_layernorm.weight");
    for (float& value : expected) value += 1;
    EXPECT_EQ(gguf_values(file, "blk.1.attn_norm.weight"), expected) << name;
    EXPECT_EQ(gguf_values(file, "blk.1.attn_q.weight"),
              source_values(weights, "model.layers.1.self_attn.q_proj.weight"));
    EXPECT_EQ(file.find("output.weight"), nullptr) << name;
  }
}

TEST_F(Convert, TellsTheFourNormsOfGemma2Apart) {
  const GgufFile file = converted_family("gemma2");
  const auto weights = source("gemma2");
  const auto minus_one = [&](std::string_view name) {
    auto values = gguf_values(file, name);
    for (float& value : values) value = std::round((value - 1) * 1024);
    return values;
  };
  const auto scaled = [&](std::string_view name) {
    auto values = source_values(weights, name);
    for (float& value : values) value = std::round(value * 1024);
    return values;
  };
  EXPECT_EQ(minus_one("blk.0.post_attention_norm.weight"), scaled("model.layers.0.post_attention_layernorm.weight"));
  EXPECT_EQ(minus_one("blk.0.ffn_norm.weight"), scaled("model.layers.0.pre_feedforward_layernorm.weight"));
  EXPECT_EQ(minus_one("blk.0.post_ffw_norm.weight"), scaled("model.layers.0.post_feedforward_layernorm.weight"));
  EXPECT_EQ(file.metadata().number("gemma2.attn_logit_softcapping"), 4.0);
  EXPECT_EQ(file.metadata().number("gemma2.final_logit_softcapping"), 2.5);
  EXPECT_EQ(file.metadata().unsigned_integer("gemma2.attention.sliding_window"), 16U);
  EXPECT_EQ(file.metadata().find("gemma2.attention.scale"), nullptr);
  EXPECT_NEAR(*converted_family("gemma2-scalar").metadata().number("gemma2.attention.scale"), 1 / std::sqrt(10.0),
              1e-6);
}

TEST_F(Convert, WritesBothRotationsOfGemma3) {
  const auto metadata = converted_family("gemma3").metadata();
  EXPECT_EQ(metadata.number("gemma3.rope.freq_base"), 1e6);
  EXPECT_EQ(metadata.number("gemma3.rope.freq_base_swa"), 1e4);
  EXPECT_EQ(metadata.text("gemma3.rope.scaling.type"), "linear");
  EXPECT_EQ(metadata.number("gemma3.rope.scaling.factor"), 8.0);
  const auto old = converted_family("gemma3-old-config").metadata();
  EXPECT_EQ(old.number("gemma3.rope.freq_base"), 1e6);
  EXPECT_EQ(old.number("gemma3.rope.freq_base_swa"), 1e4);
  EXPECT_EQ(old.find("gemma3.rope.scaling.type"), nullptr);
}

TEST_F(Convert, WritesBothSetsOfLongropeFactors) {
  const GgufFile file = converted_family("phi3-partial");
  EXPECT_THAT(gguf_values(file, "rope_factors_short.weight"), ElementsAre(1.0F, 1.07F, 1.14F, 1.21F, 1.28F, 1.35F));
  EXPECT_THAT(gguf_values(file, "rope_factors_long.weight"), ElementsAre(1.3F, 2.4F, 3.5F, 4.6F, 5.7F, 6.8F));
  EXPECT_EQ(file.metadata().unsigned_integer("phi3.rope.dimension_count"), 12U);
  EXPECT_EQ(file.metadata().unsigned_integer("phi3.rope.scaling.original_context_length"), 24U);
  EXPECT_NEAR(*file.metadata().number("phi3.rope.scaling.attn_factor"),
              std::sqrt(1 + std::log(128 / 24.0) / std::log(24.0)), 1e-6);
  EXPECT_EQ(file.metadata().unsigned_integer("phi3.attention.sliding_window"), 0U);
  EXPECT_EQ(file.find("blk.0.attn_qkv.weight")->shape[1], 64U + 2 * 32);
  EXPECT_EQ(file.find("blk.0.ffn_up.weight")->shape[1], 2U * 64);
}

TEST_F(Convert, TransposesTheMatricesOfGpt2) {
  const GgufFile file = converted_family("gpt2");
  const auto matrix = gguf_values(file, "blk.1.ffn_up.weight");                                 // 128 rows of 32
  const auto matrix_source = source_values(source("gpt2"), "transformer.h.1.mlp.c_fc.weight");  // 32 rows of 128
  EXPECT_EQ(matrix[5 * 32 + 7], matrix_source[7 * 128 + 5]);
  EXPECT_EQ(matrix[127 * 32 + 31], matrix_source[31 * 128 + 127]);
  EXPECT_EQ(file.find("blk.0.attn_qkv.weight")->shape[1], 96U);
  EXPECT_EQ(file.find("position_embd.weight")->shape[1], 64U);
}

TEST_F(Convert, SplitsAndSizesTheLayersOfOpenElm) {
  const GgufFile file = converted_family("openelm");
  const auto fused = source_values(source("openelm"), "transformer.layers.1.ffn.proj_1.weight");
  const auto gate = gguf_values(file, "blk.1.ffn_gate.weight");
  const auto up = gguf_values(file, "blk.1.ffn_up.weight");
  EXPECT_EQ(gate, std::vector<float>(fused.begin(), fused.begin() + 48 * 32));
  EXPECT_EQ(up, std::vector<float>(fused.begin() + 48 * 32, fused.end()));
  EXPECT_THAT(file.metadata().integers("openelm.feed_forward_length"), ElementsAre(16, 48, 64));
  EXPECT_THAT(file.metadata().integers("openelm.attention.head_count"), ElementsAre(2, 4, 4));
  EXPECT_THAT(file.metadata().integers("openelm.attention.head_count_kv"), ElementsAre(1, 2, 2));
}

TEST_F(Convert, StacksTheNormsPerHeadOfStableLm) {
  const GgufFile file = converted_family("stablelm-parallel", OutputType::f16);
  const auto norms = gguf_values(file, "blk.1.attn_q_norm.weight");
  const auto third = source_values(source("stablelm-parallel"), "model.layers.1.self_attn.q_layernorm.norms.2.weight");
  EXPECT_EQ(row(norms, 2, 16), third);
  EXPECT_EQ(file.find("blk.1.attn_q_norm.weight")->format, numeric::Format::f32);
  EXPECT_EQ(file.metadata().boolean("stablelm.use_parallel_residual"), true);
  EXPECT_EQ(file.find("blk.0.ffn_norm.weight"), nullptr);
}

TEST_F(Convert, KeepsWhatIsStoredUnlessAskedForAnotherType) {
  const auto format_of = [](const GgufFile& file, std::string_view name) { return file.find(name)->format; };
  using numeric::Format;
  EXPECT_EQ(format_of(converted_family("llama", OutputType::as_stored), "blk.0.attn_q.weight"), Format::f32);
  EXPECT_EQ(format_of(converted_family("llama-tied", OutputType::as_stored), "blk.0.attn_q.weight"), Format::f16);
  const GgufFile stored = converted_family("qwen3", OutputType::as_stored);
  EXPECT_EQ(format_of(stored, "blk.0.attn_q.weight"), Format::bf16);
  EXPECT_EQ(format_of(stored, "blk.0.attn_norm.weight"), Format::f32);
  EXPECT_EQ(stored.metadata().unsigned_integer("general.file_type"), 32U);
  EXPECT_EQ(format_of(converted_family("qwen3", OutputType::f16), "output.weight"), Format::f16);
}

TEST_F(Convert, WritesQ8WhereRowsAllowItAndF16Elsewhere) {
  std::vector<std::string> notes;
  const auto note = [&](const std::string& sentence) { notes.push_back(sentence); };
  const GgufFile file =
      converted(copy_of("gemma3"), {.type = OutputType::q8_0, .note = note});  // rows of 32, 48 and 64
  EXPECT_THAT(notes, ::testing::Contains(::testing::AllOf(::testing::HasSubstr("rows of 48 don't divide"),
                                                          ::testing::HasSubstr("F16 instead"))));
  EXPECT_EQ(file.find("blk.0.ffn_up.weight")->format, numeric::Format::q8_0);
  EXPECT_EQ(file.find("blk.0.ffn_down.weight")->format, numeric::Format::f16);
  EXPECT_EQ(file.metadata().unsigned_integer("general.file_type"), 7U);
  const auto expected = source_values(source("gemma3"), "model.layers.0.mlp.up_proj.weight");
  const auto values = gguf_values(file, "blk.0.ffn_up.weight");
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], expected[i], 0.01);
}

TEST_F(Convert, ReportsProgressUntilAllBytesAreWritten) {
  std::uint64_t done = 0;
  std::uint64_t total = 1;
  const auto progress = [&](std::uint64_t now, std::uint64_t all) {
    EXPECT_GT(now, done);
    done = now;
    total = all;
  };
  convert(family("llama"), result(), {.progress = progress});
  EXPECT_EQ(done, total);
}

TEST_F(Convert, SaysThatAFolderHasNoTokenizer) {
  std::vector<std::string> notes;
  convert(copy_of("llama"), result(), {.note = [&](const std::string& sentence) { notes.push_back(sentence); }});
  EXPECT_THAT(notes, ::testing::ElementsAre(::testing::HasSubstr("holds no tokenizer")));
}

TEST_F(Convert, ReadsTheLanguageModelInsideAMultimodalOne) {
  const auto folder = copy_of("gemma3");
  edit_json(folder / "config.json", [](nlohmann::json& config) {
    nlohmann::json text = config;
    text.erase("architectures");
    text.erase("max_position_embeddings");  // such files leave out what is usual
    config = {{"architectures", {"Gemma3ForConditionalGeneration"}}, {"text_config", text}};
  });
  std::string weights = read_text(folder / "model.safetensors");
  std::uint64_t length = 0;
  std::memcpy(&length, weights.data(), sizeof(length));
  auto header = nlohmann::json::parse(weights.substr(8, length));
  nlohmann::json renamed;
  for (const auto& [name, entry] : header.items())
    renamed[name == "__metadata__" ? name : "language_model." + name] = entry;
  const std::string text = renamed.dump();
  const std::uint64_t new_length = text.size();
  write_text(folder / "model.safetensors",
             std::string(reinterpret_cast<const char*>(&new_length), 8) + text + weights.substr(8 + length));
  const GgufFile file = converted(folder, {.type = OutputType::f32});
  EXPECT_EQ(file.tensors().size(), source("gemma3").tensors().size());
  EXPECT_EQ(file.metadata().unsigned_integer("gemma3.context_length"), 131072U);
}

}  // namespace
}  // namespace minnow::formats
