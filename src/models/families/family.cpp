#include "models/families/family.hpp"

namespace minnow::models {

std::span<const Family> families() {
  static constexpr Family kFamilies[] = {
      {"llama", read_llama},     {"qwen2", read_qwen2},       {"qwen3", read_qwen3}, {"gemma", read_gemma},
      {"gemma2", read_gemma2},   {"gemma3", read_gemma3},     {"phi2", read_phi2},   {"phi3", read_phi3},
      {"openelm", read_openelm}, {"stablelm", read_stablelm}, {"gpt2", read_gpt2},
  };
  return kFamilies;
}

void read_rms_norm(const SpecReader& in, DecoderSpec& spec) {
  spec.norm = Norm::rms;
  spec.norm_epsilon = static_cast<float>(in.number("attention.layer_norm_rms_epsilon"));
}

void read_layer_norm(const SpecReader& in, DecoderSpec& spec) {
  spec.norm = Norm::layer;
  spec.norm_epsilon = static_cast<float>(in.number("attention.layer_norm_epsilon"));
}

void read_window_of_all_layers(const SpecReader& in, DecoderSpec& spec) {
  const std::size_t window = in.count("attention.sliding_window", 0);
  for (LayerSpec& layer : spec.layers) layer.sliding_window = window;
}

}  // namespace minnow::models
