// StableLM: llama-shaped with layer norms, of whose heads a part is rotated. StableLM 2 12B adds norms per head and one
// residual for attention and feed-forward.
#include "formats/huggingface_plan.hpp"

namespace minnow::formats {

void plan_stablelm(ModelPlan& plan) {
  plan_sizes(plan);
  const bool parallel = plan.config.flag("use_parallel_residual", false);
  plan_norm(plan, plan.config.has("norm_eps") ? "norm_eps" : "layer_norm_eps", "attention.layer_norm_epsilon", 1e-5);
  plan_rope(plan, plan.head);
  const RopeSettings rope = rope_settings(plan.config, {.rotary_fraction = 0.25});
  const auto n_dims = static_cast<std::uint64_t>(rope.rotary_fraction * static_cast<double>(plan.head));
  if (n_dims == 0 || n_dims % 2 != 0) plan.config.refuse("partial_rotary_factor", "rotates an odd number of values");
  plan.set("rope.dimension_count", n_dims);
  plan.set("use_parallel_residual", parallel);

  plan_ends(plan, false);
  plan.tensors.push_back({"norm.bias", "output_norm.bias", Extent::none, Extent::hidden});
  plan.layer_tensors = {
      {"layers.*.input_layernorm.weight", "blk.*.attn_norm.weight", Extent::none, Extent::hidden},
      {"layers.*.input_layernorm.bias", "blk.*.attn_norm.bias", Extent::none, Extent::hidden},
      {"layers.*.self_attn.q_proj.weight", "blk.*.attn_q.weight", Extent::query, Extent::hidden},
      {"layers.*.self_attn.k_proj.weight", "blk.*.attn_k.weight", Extent::key_value, Extent::hidden},
      {"layers.*.self_attn.v_proj.weight", "blk.*.attn_v.weight", Extent::key_value, Extent::hidden},
      {"layers.*.self_attn.o_proj.weight", "blk.*.attn_output.weight", Extent::hidden, Extent::query},
      {"layers.*.mlp.gate_proj.weight", "blk.*.ffn_gate.weight", Extent::ffn, Extent::hidden},
      {"layers.*.mlp.up_proj.weight", "blk.*.ffn_up.weight", Extent::ffn, Extent::hidden},
      {"layers.*.mlp.down_proj.weight", "blk.*.ffn_down.weight", Extent::hidden, Extent::ffn},
  };
  const auto add = [&](TensorRule rule) { plan.layer_tensors.push_back(rule); };
  if (!parallel) {
    add({"layers.*.post_attention_layernorm.weight", "blk.*.ffn_norm.weight", Extent::none, Extent::hidden});
    add({"layers.*.post_attention_layernorm.bias", "blk.*.ffn_norm.bias", Extent::none, Extent::hidden});
  }
  if (plan.config.flag("use_qkv_bias", false)) {
    add({"layers.*.self_attn.q_proj.bias", "blk.*.attn_q.bias", Extent::none, Extent::query});
    add({"layers.*.self_attn.k_proj.bias", "blk.*.attn_k.bias", Extent::none, Extent::key_value});
    add({"layers.*.self_attn.v_proj.bias", "blk.*.attn_v.bias", Extent::none, Extent::key_value});
  }
  if (plan.config.flag("qk_layernorm", false)) {
    add({"layers.*.self_attn.q_layernorm.norms.#.weight", "blk.*.attn_q_norm.weight", Extent::heads, Extent::head,
         Change::stack_heads});
    add({"layers.*.self_attn.k_layernorm.norms.#.weight", "blk.*.attn_k_norm.weight", Extent::kv_heads, Extent::head,
         Change::stack_heads});
  }
}

}  // namespace minnow::formats
