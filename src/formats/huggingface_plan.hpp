// What a model family's converter says about a model: GGUF metadata and a table of tensors. A family is one function
// that fills a ModelPlan from config.json (huggingface_family_*.cpp); everything else is shared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/huggingface_config.hpp"
#include "formats/metadata.hpp"

namespace minnow::formats {

// A tensor's expected length along one dimension.
enum class Extent : std::uint8_t {
  none,
  hidden,
  ffn,
  query,
  key_value,
  fused_qkv,
  gate_and_up,
  head,
  heads,
  kv_heads,
  vocabulary,
  positions,
  three_hidden,
};

// What happens to the values on their way.
enum class Change : std::uint8_t {
  none,
  interleave_query,  // Hugging Face rotates halves of a head, GGUF's llama neighbours: the rows of each head change
                     // places
  interleave_key,
  plus_one,    // the norm multiplies by 1 + weight; GGUF holds the sum
  transpose,   // GPT-2 stores inputs × outputs
  first_half,  // of the rows: two matrices stored as one
  second_half,
  stack_heads,  // one tensor per head, '#' in its name, becomes one row each
};

// One line of a family's table. In names, '*' is the layer. `rows` is Extent::none for vectors.
struct TensorRule {
  std::string_view source;  // without the family's root ("model.")
  std::string_view target;
  Extent rows = Extent::none;
  Extent columns = Extent::none;
  Change change = Change::none;
};

struct LayerSizes {
  std::uint64_t n_heads = 0;
  std::uint64_t n_kv_heads = 0;
  std::uint64_t ffn = 0;
};

struct ModelPlan {
  explicit ModelPlan(const HuggingFaceConfig& configuration, std::string_view name)
      : config(configuration), architecture(name) {}

  const HuggingFaceConfig& config;
  std::string architecture;  // GGUF's
  Metadata metadata;

  std::uint64_t hidden = 0;
  std::uint64_t head = 0;
  std::uint64_t vocabulary = 0;
  std::uint64_t positions = 0;
  std::vector<LayerSizes> layers;

  // What a family's tensors are called before their own names; the first that fits is used. The others are the same
  // model inside a multimodal one, or saved without its head.
  std::vector<std::string_view> roots = {"model.", "language_model.model.", "model.language_model.", ""};
  std::vector<TensorRule> tensors;
  std::vector<TensorRule> layer_tensors;
  std::vector<std::pair<std::string, std::vector<double>>> constants;  // tensors that come from config.json
  bool tied_output = false;

  // Sets "<architecture>.<key>".
  void set(std::string_view key, MetadataValue value) {
    metadata.set(architecture + "." + std::string(key), std::move(value));
  }
};

struct HuggingFaceFamily {
  std::vector<std::string_view> names;  // of config.json's "architectures"
  std::string_view architecture;        // GGUF's general.architecture
  void (*plan)(ModelPlan& plan);
  // What the configuration class assumes when config.json is silent, as those of multimodal models are.
  std::string_view defaults = "{}";
};

void plan_llama(ModelPlan& plan);
void plan_qwen2(ModelPlan& plan);
void plan_qwen3(ModelPlan& plan);
void plan_gemma(ModelPlan& plan);
void plan_gemma2(ModelPlan& plan);
void plan_gemma3(ModelPlan& plan);
void plan_phi2(ModelPlan& plan);
void plan_phi3(ModelPlan& plan);
void plan_stablelm(ModelPlan& plan);
void plan_gpt2(ModelPlan& plan);
void plan_openelm(ModelPlan& plan);

// Throws Error(unsupported) for settings that no key of a GGUF file says: another activation function, weights that are
// quantized already. `settings` is where the language model's own are.
void refuse_other_models(const HuggingFaceConfig& config, const HuggingFaceConfig& settings,
                         std::string_view architecture);

// Shared by families.

// Reads the sizes most configurations name alike (hidden_size, num_attention_heads, …) and sets their keys.
void plan_sizes(ModelPlan& plan);
// key_length and value_length, where a head isn't hidden size / heads or the family always says so.
void plan_head_size(ModelPlan& plan);
void plan_norm(ModelPlan& plan, std::string_view config_key, std::string_view gguf_key, double fallback);
// token_embd, output_norm and, unless it is tied, output; `norm_change` as for the family's norms.
void plan_ends(ModelPlan& plan, bool tied_by_default, Change norm_change = Change::none);
// rope.freq_base and rope.scaling.*; llama3's factors become a tensor.
void plan_rope(ModelPlan& plan, std::uint64_t n_dims);

// config.json says how positions are encoded in two ways: transformers 5 in rope_parameters, older ones in rope_theta,
// rope_scaling and partial_rotary_factor. `layers` is "full_attention" or "sliding_attention", where they differ.
struct RopeSettings {
  double theta = 10000;
  double rotary_fraction = 1;
  std::string type = "default";
  HuggingFaceConfig scaling;  // the object with the factors; empty when there is none
};
// What a family's configuration class assumes when the file is silent.
struct RopeDefaults {
  double theta = 10000;
  double rotary_fraction = 1;
};
RopeSettings rope_settings(const HuggingFaceConfig& config, const RopeDefaults& defaults = {},
                           std::string_view layers = "full_attention");

}  // namespace minnow::formats
