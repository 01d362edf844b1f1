// GPT-2: layer norms, learned positions, and matrices stored inputs × outputs.
#include "base/error.hpp"
#include "formats/huggingface_plan.hpp"

namespace minnow::formats {

void plan_gpt2(ModelPlan& plan) {
  const HuggingFaceConfig& config = plan.config;
  plan.hidden = config.count("n_embd");
  plan.vocabulary = config.count("vocab_size");
  plan.positions = config.count("n_positions", config.count("n_ctx", 1024));
  const auto n_layers = config.count("n_layer");
  const auto n_heads = config.count("n_head");
  if (n_layers > 4096) config.refuse("n_layer", fmt::format("cannot be {}", n_layers));
  if (plan.hidden % n_heads != 0) config.refuse("n_embd", "is not a multiple of n_head");
  if (config.flag("scale_attn_by_inverse_layer_idx", false))
    config.unsupported("scale_attn_by_inverse_layer_idx", "= true is not supported");
  if (!config.flag("scale_attn_weights", true)) config.unsupported("scale_attn_weights", "= false is not supported");
  plan.head = plan.hidden / n_heads;
  plan.layers.assign(n_layers, {n_heads, n_heads, config.count("n_inner", 4 * plan.hidden)});

  plan.set("block_count", n_layers);
  plan.set("vocab_size", plan.vocabulary);
  plan.set("context_length", plan.positions);
  plan.set("embedding_length", plan.hidden);
  plan.set("feed_forward_length", plan.layers.front().ffn);
  plan.set("attention.head_count", n_heads);
  plan_norm(plan, "layer_norm_epsilon", "attention.layer_norm_epsilon", 1e-5);

  plan.roots = {"transformer.", ""};
  plan.tied_output = config.flag("tie_word_embeddings", true);
  plan.tensors = {
      {"wte.weight", "token_embd.weight", Extent::vocabulary, Extent::hidden},
      {"wpe.weight", "position_embd.weight", Extent::positions, Extent::hidden},
      {"ln_f.weight", "output_norm.weight", Extent::none, Extent::hidden},
      {"ln_f.bias", "output_norm.bias", Extent::none, Extent::hidden},
  };
  if (!plan.tied_output)
    plan.tensors.push_back({"lm_head.weight", "output.weight", Extent::vocabulary, Extent::hidden});
  plan.layer_tensors = {
      {"h.*.ln_1.weight", "blk.*.attn_norm.weight", Extent::none, Extent::hidden},
      {"h.*.ln_1.bias", "blk.*.attn_norm.bias", Extent::none, Extent::hidden},
      {"h.*.attn.c_attn.weight", "blk.*.attn_qkv.weight", Extent::three_hidden, Extent::hidden, Change::transpose},
      {"h.*.attn.c_attn.bias", "blk.*.attn_qkv.bias", Extent::none, Extent::three_hidden},
      {"h.*.attn.c_proj.weight", "blk.*.attn_output.weight", Extent::hidden, Extent::hidden, Change::transpose},
      {"h.*.attn.c_proj.bias", "blk.*.attn_output.bias", Extent::none, Extent::hidden},
      {"h.*.ln_2.weight", "blk.*.ffn_norm.weight", Extent::none, Extent::hidden},
      {"h.*.ln_2.bias", "blk.*.ffn_norm.bias", Extent::none, Extent::hidden},
      {"h.*.mlp.c_fc.weight", "blk.*.ffn_up.weight", Extent::ffn, Extent::hidden, Change::transpose},
      {"h.*.mlp.c_fc.bias", "blk.*.ffn_up.bias", Extent::none, Extent::ffn},
      {"h.*.mlp.c_proj.weight", "blk.*.ffn_down.weight", Extent::hidden, Extent::ffn, Change::transpose},
      {"h.*.mlp.c_proj.bias", "blk.*.ffn_down.bias", Extent::none, Extent::hidden},
  };
}

}  // namespace minnow::formats
