#include "formats/huggingface_plan.hpp"

#include "base/error.hpp"

namespace minnow::formats {

void plan_sizes(ModelPlan& plan) {
  const HuggingFaceConfig& config = plan.config;
  const auto n_layers = config.count("num_hidden_layers");
  if (n_layers > 4096) config.refuse("num_hidden_layers", fmt::format("cannot be {}", n_layers));
  LayerSizes layer{.n_heads = config.count("num_attention_heads"), .ffn = config.count("intermediate_size")};
  layer.n_kv_heads = config.count("num_key_value_heads", layer.n_heads);
  if (layer.n_heads % layer.n_kv_heads != 0) config.refuse("num_key_value_heads", "does not divide the heads");
  plan.hidden = config.count("hidden_size");
  plan.vocabulary = config.count("vocab_size");
  plan.positions = config.count("max_position_embeddings");
  plan.layers.assign(n_layers, layer);
  if (!config.has("head_dim") && plan.hidden % layer.n_heads != 0) {
    config.refuse("hidden_size", "is not a multiple of num_attention_heads");
  }
  plan.head = config.count("head_dim", plan.hidden / layer.n_heads);

  plan.set("block_count", n_layers);
  plan.set("vocab_size", plan.vocabulary);
  plan.set("context_length", plan.positions);
  plan.set("embedding_length", plan.hidden);
  plan.set("feed_forward_length", layer.ffn);
  plan.set("attention.head_count", layer.n_heads);
  plan.set("attention.head_count_kv", layer.n_kv_heads);
}

void plan_head_size(ModelPlan& plan) {
  plan.set("attention.key_length", plan.head);
  plan.set("attention.value_length", plan.head);
}

void plan_norm(ModelPlan& plan, std::string_view config_key, std::string_view gguf_key, double fallback) {
  plan.set(gguf_key, plan.config.number(config_key, fallback));
}

void plan_ends(ModelPlan& plan, bool tied_by_default, Change norm_change) {
  plan.tied_output = plan.config.flag("tie_word_embeddings", tied_by_default);
  plan.tensors.push_back({"embed_tokens.weight", "token_embd.weight", Extent::vocabulary, Extent::hidden});
  plan.tensors.push_back({"norm.weight", "output_norm.weight", Extent::none, Extent::hidden, norm_change});
  if (!plan.tied_output) {
    plan.tensors.push_back({"lm_head.weight", "output.weight", Extent::vocabulary, Extent::hidden});
  }
}

}  // namespace minnow::formats
