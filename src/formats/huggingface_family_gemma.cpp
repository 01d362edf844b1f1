// Gemma, Gemma 2 and Gemma 3 (text). Their norms multiply by 1 + weight, which GGUF stores already added.
#include <cmath>

#include "formats/huggingface_plan.hpp"

namespace minnow::formats {
namespace {

void plan_layer(ModelPlan& plan) {
  plan.layer_tensors = {
      {"layers.*.input_layernorm.weight", "blk.*.attn_norm.weight", Extent::none, Extent::hidden, Change::plus_one},
      {"layers.*.self_attn.q_proj.weight", "blk.*.attn_q.weight", Extent::query, Extent::hidden},
      {"layers.*.self_attn.k_proj.weight", "blk.*.attn_k.weight", Extent::key_value, Extent::hidden},
      {"layers.*.self_attn.v_proj.weight", "blk.*.attn_v.weight", Extent::key_value, Extent::hidden},
      {"layers.*.self_attn.o_proj.weight", "blk.*.attn_output.weight", Extent::hidden, Extent::query},
      {"layers.*.mlp.gate_proj.weight", "blk.*.ffn_gate.weight", Extent::ffn, Extent::hidden},
      {"layers.*.mlp.up_proj.weight", "blk.*.ffn_up.weight", Extent::ffn, Extent::hidden},
      {"layers.*.mlp.down_proj.weight", "blk.*.ffn_down.weight", Extent::hidden, Extent::ffn},
  };
}

void add_norm(ModelPlan& plan, std::string_view source, std::string_view target, Extent extent = Extent::hidden) {
  plan.layer_tensors.push_back({source, target, Extent::none, extent, Change::plus_one});
}

// Gemma 2 and 3 norm what goes into and what comes out of both halves of a layer.
void add_four_norms(ModelPlan& plan) {
  add_norm(plan, "layers.*.post_attention_layernorm.weight", "blk.*.post_attention_norm.weight");
  add_norm(plan, "layers.*.pre_feedforward_layernorm.weight", "blk.*.ffn_norm.weight");
  add_norm(plan, "layers.*.post_feedforward_layernorm.weight", "blk.*.post_ffw_norm.weight");
}

void plan_common(ModelPlan& plan) {
  if (plan.config.flag("attention_bias", false)) plan.config.unsupported("attention_bias", "= true is not supported");
  plan_norm(plan, "rms_norm_eps", "attention.layer_norm_rms_epsilon", 1e-6);
  plan_head_size(plan);
  plan_ends(plan, true, Change::plus_one);
  plan_layer(plan);
}

// Scores are divided by the root of this number; said only where it isn't the head size, which readers assume.
void plan_attention_scale(ModelPlan& plan) {
  const double scalar = plan.config.number("query_pre_attn_scalar", 256);
  if (!(scalar > 0)) plan.config.refuse("query_pre_attn_scalar", "must be positive");
  if (scalar != static_cast<double>(plan.head)) plan.set("attention.scale", 1 / std::sqrt(scalar));
}

// Readers know that every `period`-th layer sees everything and the others a window; a file can't say otherwise.
void check_pattern(const ModelPlan& plan, std::size_t period) {
  if (!plan.config.has("layer_types")) return;
  const auto types = plan.config.texts("layer_types");
  if (types.size() != plan.layers.size()) plan.config.refuse("layer_types", "does not list every layer");
  for (std::size_t i = 0; i < types.size(); ++i) {
    const bool full = (i + 1) % period == 0;
    if (types[i] != (full ? "full_attention" : "sliding_attention")) {
      plan.config.unsupported("layer_types", "has a pattern of windows that GGUF has no words for");
    }
  }
}

void set_soft_cap(ModelPlan& plan, std::string_view key) {
  if (plan.config.has(key)) plan.set(key, plan.config.number(key));
}

}  // namespace

void plan_gemma(ModelPlan& plan) {
  plan_sizes(plan);
  plan_common(plan);
  plan_rope(plan, plan.head);
  add_norm(plan, "layers.*.post_attention_layernorm.weight", "blk.*.ffn_norm.weight");
}

void plan_gemma2(ModelPlan& plan) {
  plan_sizes(plan);
  plan_common(plan);
  plan_rope(plan, plan.head);
  plan_attention_scale(plan);
  check_pattern(plan, 2);
  plan.set("attention.sliding_window", plan.config.count("sliding_window"));
  set_soft_cap(plan, "attn_logit_softcapping");
  set_soft_cap(plan, "final_logit_softcapping");
  add_four_norms(plan);
}

void plan_gemma3(ModelPlan& plan) {
  plan_sizes(plan);
  plan_common(plan);
  plan_attention_scale(plan);
  check_pattern(plan, 6);
  if (plan.config.count("sliding_window_pattern", 6) != 6) {
    plan.config.unsupported("sliding_window_pattern", "other than 6 is not supported");
  }
  plan.set("attention.sliding_window", plan.config.count("sliding_window"));
  if (plan.config.has("attn_logit_softcapping")) plan.config.unsupported("attn_logit_softcapping", "is not supported");
  set_soft_cap(plan, "final_logit_softcapping");

  const RopeSettings global = rope_settings(plan.config, {.theta = 1e6});
  plan.set("rope.freq_base", global.theta);
  if (global.type == "linear") {
    plan.set("rope.scaling.type", "linear");
    plan.set("rope.scaling.factor", global.scaling.number("factor"));
  } else if (global.type != "default") {
    global.scaling.unsupported("rope_type", "other than linear is not supported for this family");
  }
  double local_theta = plan.config.number("rope_local_base_freq", 10000);
  if (const auto parameters = plan.config.object("rope_parameters");
      parameters && parameters->has("sliding_attention")) {
    local_theta = rope_settings(plan.config, {}, "sliding_attention").theta;
  }
  plan.set("rope.freq_base_swa", local_theta);

  add_four_norms(plan);
  add_norm(plan, "layers.*.self_attn.q_norm.weight", "blk.*.attn_q_norm.weight", Extent::head);
  add_norm(plan, "layers.*.self_attn.k_norm.weight", "blk.*.attn_k_norm.weight", Extent::head);
}

}  // namespace minnow::formats
