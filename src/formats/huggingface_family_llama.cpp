// The llama-shaped families: norm, attention, norm, gated feed-forward. Llama, Mistral, SmolLM2 and TinyLlama are one
// architecture to GGUF; Qwen2 adds biases to queries, keys and values, Qwen3 norms to queries and keys.
#include "formats/huggingface_plan.hpp"

namespace minnow::formats {
namespace {

struct Biases {
  bool qkv = false;
  bool output = false;
  bool ffn = false;
};

void plan_layer(ModelPlan& plan, const Biases& biases, bool interleaved) {
  const Change query = interleaved ? Change::interleave_query : Change::none;
  const Change key = interleaved ? Change::interleave_key : Change::none;
  plan.layer_tensors = {
      {"layers.*.input_layernorm.weight", "blk.*.attn_norm.weight", Extent::none, Extent::hidden},
      {"layers.*.self_attn.q_proj.weight", "blk.*.attn_q.weight", Extent::query, Extent::hidden, query},
      {"layers.*.self_attn.k_proj.weight", "blk.*.attn_k.weight", Extent::key_value, Extent::hidden, key},
      {"layers.*.self_attn.v_proj.weight", "blk.*.attn_v.weight", Extent::key_value, Extent::hidden},
      {"layers.*.self_attn.o_proj.weight", "blk.*.attn_output.weight", Extent::hidden, Extent::query},
      {"layers.*.post_attention_layernorm.weight", "blk.*.ffn_norm.weight", Extent::none, Extent::hidden},
      {"layers.*.mlp.gate_proj.weight", "blk.*.ffn_gate.weight", Extent::ffn, Extent::hidden},
      {"layers.*.mlp.up_proj.weight", "blk.*.ffn_up.weight", Extent::ffn, Extent::hidden},
      {"layers.*.mlp.down_proj.weight", "blk.*.ffn_down.weight", Extent::hidden, Extent::ffn},
  };
  const auto add = [&](TensorRule rule) { plan.layer_tensors.push_back(rule); };
  if (biases.qkv) {
    add({"layers.*.self_attn.q_proj.bias", "blk.*.attn_q.bias", Extent::none, Extent::query, query});
    add({"layers.*.self_attn.k_proj.bias", "blk.*.attn_k.bias", Extent::none, Extent::key_value, key});
    add({"layers.*.self_attn.v_proj.bias", "blk.*.attn_v.bias", Extent::none, Extent::key_value});
  }
  if (biases.output) add({"layers.*.self_attn.o_proj.bias", "blk.*.attn_output.bias", Extent::none, Extent::hidden});
  if (biases.ffn) {
    add({"layers.*.mlp.gate_proj.bias", "blk.*.ffn_gate.bias", Extent::none, Extent::ffn});
    add({"layers.*.mlp.up_proj.bias", "blk.*.ffn_up.bias", Extent::none, Extent::ffn});
    add({"layers.*.mlp.down_proj.bias", "blk.*.ffn_down.bias", Extent::none, Extent::hidden});
  }
}

void plan_common(ModelPlan& plan) {
  plan_sizes(plan);
  plan_norm(plan, "rms_norm_eps", "attention.layer_norm_rms_epsilon", 1e-6);
  plan_rope(plan, plan.head);
  plan_ends(plan, false);
}

// Qwen's windows begin at a layer of their own; no published model turns them on.
void refuse_windows(const ModelPlan& plan) {
  if (plan.config.flag("use_sliding_window", false)) {
    plan.config.unsupported("use_sliding_window", "= true is not supported");
  }
}

}  // namespace

void plan_llama(ModelPlan& plan) {
  plan_common(plan);
  plan.set("rope.dimension_count", plan.head);
  if (plan.config.has("head_dim")) plan_head_size(plan);
  const bool is_mistral = plan.config.text("model_type", "llama") == "mistral";
  if (is_mistral && plan.config.has("sliding_window")) {
    plan.set("attention.sliding_window", plan.config.count("sliding_window"));
  }
  const bool attention_bias = plan.config.flag("attention_bias", false);
  plan_layer(plan, {.qkv = attention_bias, .output = attention_bias, .ffn = plan.config.flag("mlp_bias", false)}, true);
}

void plan_qwen2(ModelPlan& plan) {
  plan_common(plan);
  refuse_windows(plan);
  plan_layer(plan, {.qkv = true}, false);
}

void plan_qwen3(ModelPlan& plan) {
  plan_common(plan);
  refuse_windows(plan);
  plan_head_size(plan);
  const bool attention_bias = plan.config.flag("attention_bias", false);
  plan_layer(plan, {.qkv = attention_bias, .output = attention_bias}, false);
  plan.layer_tensors.push_back(
      {"layers.*.self_attn.q_norm.weight", "blk.*.attn_q_norm.weight", Extent::none, Extent::head});
  plan.layer_tensors.push_back(
      {"layers.*.self_attn.k_norm.weight", "blk.*.attn_k_norm.weight", Extent::none, Extent::head});
}

}  // namespace minnow::formats
