#include "formats/huggingface_model.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/huggingface_plan.hpp"
#include "formats/huggingface_tensors.hpp"
#include "formats/huggingface_tokenizer.hpp"
#include "formats/json_document.hpp"

namespace minnow::formats {
namespace {

constexpr std::size_t kConfigLimit = 4 << 20;

constexpr std::string_view kGemma3Defaults =
    R"({"vocab_size": 262208, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,)"
    R"( "max_position_embeddings": 131072, "sliding_window": 4096})";

const std::vector<HuggingFaceFamily>& families() {
  static const std::vector<HuggingFaceFamily> known = {
      {{"LlamaForCausalLM", "LLaMAForCausalLM", "MistralForCausalLM", "Mistral3ForConditionalGeneration"},
       "llama",
       plan_llama},
      {{"Qwen2ForCausalLM"}, "qwen2", plan_qwen2},
      {{"Qwen3ForCausalLM"}, "qwen3", plan_qwen3},
      {{"GemmaForCausalLM"}, "gemma", plan_gemma},
      {{"Gemma2ForCausalLM"}, "gemma2", plan_gemma2},
      {{"Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"}, "gemma3", plan_gemma3, kGemma3Defaults},
      {{"PhiForCausalLM"}, "phi2", plan_phi2},
      {{"Phi3ForCausalLM"}, "phi3", plan_phi3},
      {{"StableLmForCausalLM", "StableLMEpochForCausalLM"}, "stablelm", plan_stablelm},
      {{"GPT2LMHeadModel"}, "gpt2", plan_gpt2},
      {{"OpenELMForCausalLM"}, "openelm", plan_openelm},
  };
  return known;
}

const HuggingFaceFamily& family_of(const HuggingFaceConfig& config) {
  const auto names = config.texts("architectures");
  if (names.empty()) config.refuse("architectures", "is empty");
  std::string known;
  for (const HuggingFaceFamily& family : families()) {
    if (std::ranges::find(family.names, names.front()) != family.names.end()) return family;
    for (const std::string_view name : family.names) known.append(known.empty() ? "" : ", ").append(name);
  }
  fail(ErrorCode::unsupported, "{}: the architecture {} is not supported; known are {}", config.name(),
       printable(names.front()), known);
}

// Multimodal models keep the language model's settings one level down.
HuggingFaceConfig settings_of(const HuggingFaceConfig& config, const HuggingFaceFamily& family) {
  const HuggingFaceConfig said = config.object("text_config").value_or(config);
  auto values = nlohmann::json::parse(family.defaults);
  values.update(said.values());
  return {std::move(values), said.name()};
}

std::string model_name(const std::filesystem::path& folder) {
  const auto path = std::filesystem::absolute(folder).lexically_normal();
  return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

}  // namespace

ConvertedModel describe_huggingface_model(const std::filesystem::path& folder, const SafetensorsModel& weights) {
  const auto path = folder / "config.json";
  const HuggingFaceConfig config(read_json(path, kConfigLimit), path.string());
  const HuggingFaceFamily& family = family_of(config);
  const HuggingFaceConfig settings = settings_of(config, family);
  refuse_other_models(config, settings, family.architecture);
  ModelPlan plan(settings, family.architecture);
  plan.metadata.set("general.architecture", plan.architecture);
  plan.metadata.set("general.type", "model");
  plan.metadata.set("general.name", model_name(folder));
  plan.metadata.set("general.quantization_version", std::uint64_t{2});
  family.plan(plan);

  ConvertedModel model;
  model.tensors = plan_tensors(plan, weights, folder.string());
  add_huggingface_tokenizer(folder, config, plan);
  model.metadata = std::move(plan.metadata);
  return model;
}

}  // namespace minnow::formats
