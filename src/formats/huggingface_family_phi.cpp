// Phi-2 (layer norms, one residual for attention and feed-forward) and Phi-3 to Phi-4 (llama-shaped, with fused
// matrices and a context stretched by longrope).
#include <cmath>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/huggingface_plan.hpp"

namespace minnow::formats {
namespace {

std::uint64_t rotated_dims(const ModelPlan& plan, const RopeSettings& rope) {
  const auto n_dims = static_cast<std::uint64_t>(rope.rotary_fraction * static_cast<double>(plan.head));
  if (n_dims == 0 || n_dims % 2 != 0) {
    rope.scaling.refuse("partial_rotary_factor",
                        fmt::format("rotates {} of {} values; that must be even", n_dims, plan.head));
  }
  return n_dims;
}

// Two sets of factors, for prompts within the original context and beyond it, and one for the attention.
void plan_longrope(ModelPlan& plan, const RopeSettings& rope, std::uint64_t n_dims, std::uint64_t original) {
  const auto long_factors = rope.scaling.numbers("long_factor");
  const auto short_factors = rope.scaling.numbers("short_factor");
  if (long_factors.size() != n_dims / 2 || short_factors.size() != n_dims / 2) {
    rope.scaling.refuse("long_factor", fmt::format("and short_factor must hold {} numbers each", n_dims / 2));
  }
  const double stretch =
      rope.scaling.number("factor", static_cast<double>(plan.positions) / static_cast<double>(original));
  const double usual =
      stretch > 1 && original > 1 ? std::sqrt(1 + std::log(stretch) / std::log(static_cast<double>(original))) : 1;
  plan.set("rope.scaling.type", "longrope");
  plan.set("rope.scaling.attn_factor", rope.scaling.number("attention_factor", usual));
  plan.constants.emplace_back("rope_factors_long.weight", long_factors);
  plan.constants.emplace_back("rope_factors_short.weight", short_factors);
}

}  // namespace

void plan_phi2(ModelPlan& plan) {
  plan_sizes(plan);
  if (plan.config.flag("qk_layernorm", false)) plan.config.unsupported("qk_layernorm", "= true is not supported");
  plan_norm(plan, "layer_norm_eps", "attention.layer_norm_epsilon", 1e-5);
  plan_rope(plan, plan.head);
  plan.set("rope.dimension_count", rotated_dims(plan, rope_settings(plan.config, {.rotary_fraction = 0.5})));
  if (plan.config.flag("tie_word_embeddings", false))
    plan.config.unsupported("tie_word_embeddings", "= true is not supported");
  plan.tensors = {
      {"embed_tokens.weight", "token_embd.weight", Extent::vocabulary, Extent::hidden},
      {"final_layernorm.weight", "output_norm.weight", Extent::none, Extent::hidden},
      {"final_layernorm.bias", "output_norm.bias", Extent::none, Extent::hidden},
      {"lm_head.weight", "output.weight", Extent::vocabulary, Extent::hidden},
      {"lm_head.bias", "output.bias", Extent::none, Extent::vocabulary},
  };
  plan.layer_tensors = {
      {"layers.*.input_layernorm.weight", "blk.*.attn_norm.weight", Extent::none, Extent::hidden},
      {"layers.*.input_layernorm.bias", "blk.*.attn_norm.bias", Extent::none, Extent::hidden},
      {"layers.*.self_attn.q_proj.weight", "blk.*.attn_q.weight", Extent::query, Extent::hidden},
      {"layers.*.self_attn.q_proj.bias", "blk.*.attn_q.bias", Extent::none, Extent::query},
      {"layers.*.self_attn.k_proj.weight", "blk.*.attn_k.weight", Extent::key_value, Extent::hidden},
      {"layers.*.self_attn.k_proj.bias", "blk.*.attn_k.bias", Extent::none, Extent::key_value},
      {"layers.*.self_attn.v_proj.weight", "blk.*.attn_v.weight", Extent::key_value, Extent::hidden},
      {"layers.*.self_attn.v_proj.bias", "blk.*.attn_v.bias", Extent::none, Extent::key_value},
      {"layers.*.self_attn.dense.weight", "blk.*.attn_output.weight", Extent::hidden, Extent::query},
      {"layers.*.self_attn.dense.bias", "blk.*.attn_output.bias", Extent::none, Extent::hidden},
      {"layers.*.mlp.fc1.weight", "blk.*.ffn_up.weight", Extent::ffn, Extent::hidden},
      {"layers.*.mlp.fc1.bias", "blk.*.ffn_up.bias", Extent::none, Extent::ffn},
      {"layers.*.mlp.fc2.weight", "blk.*.ffn_down.weight", Extent::hidden, Extent::ffn},
      {"layers.*.mlp.fc2.bias", "blk.*.ffn_down.bias", Extent::none, Extent::hidden},
  };
}

void plan_phi3(ModelPlan& plan) {
  plan_sizes(plan);
  plan_norm(plan, "rms_norm_eps", "attention.layer_norm_rms_epsilon", 1e-5);
  plan_ends(plan, false);
  // Zero, not absence, is how readers tell Phi-4 from models whose file forgot the window.
  plan.set("attention.sliding_window",
           plan.config.has("sliding_window") ? plan.config.count("sliding_window") : std::uint64_t{0});
  const RopeSettings rope = rope_settings(plan.config);
  const std::uint64_t n_dims = rotated_dims(plan, rope);
  const std::uint64_t original = rope.scaling.count(
      "original_max_position_embeddings", plan.config.count("original_max_position_embeddings", plan.positions));
  plan.set("rope.dimension_count", n_dims);
  plan.set("rope.freq_base", rope.theta);
  plan.set("rope.scaling.original_context_length", original);
  if (rope.type == "longrope" || rope.type == "su" || rope.type == "yarn") {
    plan_longrope(plan, rope, n_dims, original);
  } else if (rope.type != "default") {
    rope.scaling.unsupported("rope_type", fmt::format("{} is not one we know (longrope)", printable(rope.type)));
  }
  plan.layer_tensors = {
      {"layers.*.input_layernorm.weight", "blk.*.attn_norm.weight", Extent::none, Extent::hidden},
      {"layers.*.self_attn.qkv_proj.weight", "blk.*.attn_qkv.weight", Extent::fused_qkv, Extent::hidden},
      {"layers.*.self_attn.o_proj.weight", "blk.*.attn_output.weight", Extent::hidden, Extent::query},
      {"layers.*.post_attention_layernorm.weight", "blk.*.ffn_norm.weight", Extent::none, Extent::hidden},
      {"layers.*.mlp.gate_up_proj.weight", "blk.*.ffn_up.weight", Extent::gate_and_up, Extent::hidden},
      {"layers.*.mlp.down_proj.weight", "blk.*.ffn_down.weight", Extent::hidden, Extent::ffn},
  };
}

}  // namespace minnow::formats
