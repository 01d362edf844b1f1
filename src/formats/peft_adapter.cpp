#include "formats/peft_adapter.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "formats/huggingface_config.hpp"
#include "formats/json_document.hpp"
#include "formats/rotated_rows.hpp"
#include "formats/safetensors.hpp"

namespace minnow::formats {
namespace {

constexpr std::size_t kMostConfigBytes = 1 << 20;
constexpr std::string_view kLayers = ".layers.";
constexpr std::string_view kSuffixA = ".lora_A.weight";
constexpr std::string_view kSuffixB = ".lora_B.weight";

// What the modules of a layer are called there and in GGUF.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kModules{{
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"},
    {"self_attn.dense", "attn_output"},
    {"self_attn.qkv_proj", "attn_qkv"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.gate_up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
    {"mlp.fc1", "ffn_up"},
    {"mlp.fc2", "ffn_down"},
}};

bool is_set(const HuggingFaceConfig& config, const char* key) {
  const auto found = config.values().find(key);
  if (found == config.values().end() || found->is_null()) return false;
  return found->is_boolean() ? found->get<bool>() : !found->empty();
}

// Some beginnings are factors of the weights themselves, which PEFT subtracts from the base whenever it loads.
bool changes_base(const HuggingFaceConfig& config) {
  constexpr std::array<std::string_view, 5> kFromWeights{"pissa", "olora", "corda", "loftq", "lora_ga"};
  const auto found = config.values().find("init_lora_weights");
  if (found == config.values().end() || !found->is_string()) return false;
  const auto& how = found->get_ref<const std::string&>();
  return std::ranges::any_of(kFromWeights, [&](std::string_view name) { return how.starts_with(name); });
}

double read_scale(const HuggingFaceConfig& config) {
  if (config.text("peft_type", "LORA") != "LORA") config.unsupported("peft_type", "is not LORA");
  if (config.text("bias", "none") != "none") config.unsupported("bias", "is not 'none': biases are not adapted");
  for (const char* key : {"use_dora", "fan_in_fan_out", "rank_pattern", "alpha_pattern", "modules_to_save",
                          "alora_invocation_tokens", "lora_bias", "megatron_config", "layer_replication", "use_qalora",
                          "use_bdlora", "arrow_config", "kasa_config"}) {
    if (is_set(config, key)) config.unsupported(key, "is not supported");
  }
  if (changes_base(config)) {
    config.unsupported("init_lora_weights",
                       "says that PEFT takes something away from the base first; save the adapter with "
                       "path_initial_model_for_weight_conversion");
  }
  const double rank = static_cast<double>(config.count("r"));
  return config.number("lora_alpha") / (config.flag("use_rslora", false) ? std::sqrt(rank) : rank);
}

// "base_model.model.model.layers.3.self_attn.q_proj" → "blk.3.attn_q.weight"
std::optional<std::string> gguf_name(std::string_view module) {
  const auto at = module.find(kLayers);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = module.substr(at + kLayers.size());
  const auto dot = rest.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot > 4) return std::nullopt;
  if (rest.substr(0, dot).find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  for (const auto& [theirs, ours] : kModules) {
    if (rest.substr(dot + 1) == theirs) return fmt::format("blk.{}.{}.weight", rest.substr(0, dot), ours);
  }
  return std::nullopt;
}

std::vector<float> values_of(const SafetensorsTensor& tensor) {
  std::vector<float> values(tensor.n_values);
  read_values(tensor, 0, values);
  return values;
}

// Rows of queries and keys from Hugging Face's order to GGUF's.
std::vector<float> interleaved(const std::vector<float>& rows, std::size_t row_length, std::size_t head) {
  std::vector<float> out(rows.size());
  for (std::size_t row = 0; row < rows.size() / row_length; ++row) {
    const std::size_t from = rotated_row(row, head);
    for (std::size_t i = 0; i < row_length; ++i) out[row * row_length + i] = rows[from * row_length + i];
  }
  return out;
}

}  // namespace

LoraAdapter read_peft_adapter(const std::filesystem::path& folder, const AdapterTarget& target) {
  const auto config_path = folder / "adapter_config.json";
  const HuggingFaceConfig config(read_json(config_path, kMostConfigBytes), config_path.string());
  const double scale = read_scale(config);
  const std::string file = (folder / "adapter_model.safetensors").string();
  const SafetensorsModel weights = SafetensorsModel::open_file(file);
  LoraAdapter adapter{.name = folder.string()};
  for (const SafetensorsTensor& a : weights.tensors()) {
    std::string_view module = a.name;
    module.remove_suffix(std::min(module.size(), kSuffixA.size()));
    if (a.name.ends_with(kSuffixB) && weights.find(fmt::format("{}{}", module, kSuffixA)))
      continue;  // comes with its A
    const auto name = gguf_name(module);
    const SafetensorsTensor* b = weights.find(fmt::format("{}{}", module, kSuffixB));
    if (!a.name.ends_with(kSuffixA) || !name || b == nullptr) {
      fail(ErrorCode::unsupported, "{}: tensor '{}' has no place in a LoRA adapter we can use", file, a.name);
    }
    if (a.shape.size() != 2 || b->shape.size() != 2 || a.shape[0] != b->shape[1]) {
      fail(ErrorCode::invalid_input, "{}: the shapes of '{}' and its counterpart don't fit together", file, a.name);
    }
    if (a.shape[0] != config.count("r")) {  // the change would be scaled by another rank than it has
      fail(ErrorCode::invalid_input, "{}: '{}' has rank {}, and {} says {}", file, a.name, a.shape[0], config.name(),
           config.count("r"));
    }
    LowRankChange change{.rank = a.shape[0],
                         .rows = b->shape[0],
                         .cols = a.shape[1],
                         .a = values_of(a),
                         .b = values_of(*b),
                         .scale = static_cast<float>(scale)};
    const bool rotated = name->find(".attn_q.") != std::string::npos || name->find(".attn_k.") != std::string::npos;
    if (rotated && target.interleaved_head > 0) {
      if (change.rows % target.interleaved_head != 0) {
        fail(ErrorCode::invalid_input, "{}: '{}' changes {} rows, and heads of this model have {}", file, a.name,
             change.rows, target.interleaved_head);
      }
      change.b = interleaved(change.b, change.rank, target.interleaved_head);
    }
    adapter.changes[*name] = std::move(change);
  }
  return adapter;
}

}  // namespace minnow::formats
