// Settings that would make a checkpoint another model than the one GGUF's keys can describe.
#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/huggingface_plan.hpp"

namespace minnow::formats {
namespace {

struct ActivationRule {
  std::vector<std::string_view> architectures;  // GGUF's
  std::string_view key;
  std::vector<std::string_view> same;  // names of the one function its engines compute
};

// Gemma's first files call the tanh approximation "gelu"; transformers computes the approximation all the same.
const std::vector<ActivationRule>& activations() {
  static const std::vector<ActivationRule> rules = {
      {{"llama", "qwen2", "qwen3", "phi3", "stablelm"}, "hidden_act", {"silu", "swish"}},
      {{"gemma", "gemma2", "gemma3"}, "hidden_act", {"gelu_pytorch_tanh", "gelu_new", "gelu"}},
      {{"gemma", "gemma2", "gemma3"}, "hidden_activation", {"gelu_pytorch_tanh", "gelu_new"}},
      {{"phi2"}, "hidden_act", {"gelu_new", "gelu_pytorch_tanh", "gelu_fast"}},
      {{"gpt2"}, "activation_function", {"gelu_new", "gelu_pytorch_tanh", "gelu_fast"}},
      {{"openelm"}, "activation_fn_name", {"swish", "silu"}},
  };
  return rules;
}

}  // namespace

void refuse_other_models(const HuggingFaceConfig& config, const HuggingFaceConfig& settings,
                         std::string_view architecture) {
  for (const HuggingFaceConfig* each : {&config, &settings}) {
    if (!each->has("quantization_config")) continue;
    each->unsupported("quantization_config",
                      "says the weights were quantized already; convert the model they came from");
  }
  for (const ActivationRule& rule : activations()) {
    if (std::ranges::find(rule.architectures, architecture) == rule.architectures.end()) continue;
    const std::string said = settings.text(rule.key, rule.same.front());
    if (std::ranges::find(rule.same, said) != rule.same.end()) continue;
    settings.unsupported(
        rule.key, fmt::format("is {}, and {} models compute {}", printable(said), architecture, rule.same.front()));
  }
}

}  // namespace minnow::formats
