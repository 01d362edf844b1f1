// StableLM, GPT-2 and OpenELM.
#include <algorithm>

#include "base/error.hpp"
#include "formats/huggingface_plan.hpp"

namespace minnow::formats {
namespace {

// OpenELM's feed-forward widths: the nearest multiple of the divisor that isn't more than a tenth too small.
std::uint64_t openelm_ffn(double multiplier, std::uint64_t hidden, std::uint64_t divisor) {
  const double wanted = multiplier * static_cast<double>(hidden);
  const auto rounded = static_cast<std::uint64_t>(wanted + static_cast<double>(divisor) / 2) / divisor * divisor;
  const std::uint64_t size = std::max(divisor, rounded);
  return static_cast<double>(size) < 0.9 * wanted ? size + divisor : size;
}

template <typename Member>
std::vector<std::int64_t> per_layer(const ModelPlan& plan, Member member) {
  std::vector<std::int64_t> values;
  for (const LayerSizes& layer : plan.layers) values.push_back(static_cast<std::int64_t>(layer.*member));
  return values;
}

void read_openelm_layers(ModelPlan& plan) {
  const HuggingFaceConfig& config = plan.config;
  const auto heads = config.counts("num_query_heads");
  const auto kv_heads = config.counts("num_kv_heads");
  const auto multipliers = config.numbers("ffn_multipliers");
  const auto divisor = config.count("ffn_dim_divisor");
  const auto n_layers = config.count("num_transformer_layers");
  if (heads.size() != n_layers || kv_heads.size() != n_layers || multipliers.size() != n_layers) {
    config.refuse("num_transformer_layers", "and the lists per layer disagree");
  }
  for (std::size_t i = 0; i < n_layers; ++i) {
    if (heads[i] % kv_heads[i] != 0) config.refuse("num_kv_heads", "does not divide num_query_heads");
    if (!(multipliers[i] > 0 && multipliers[i] < 1000)) config.refuse("ffn_multipliers", "is not believable");
    plan.layers.push_back({heads[i], kv_heads[i], openelm_ffn(multipliers[i], plan.hidden, divisor)});
  }
}

}  // namespace

void plan_stablelm(ModelPlan& plan) {
  plan_sizes(plan);
  const bool parallel = plan.config.flag("use_parallel_residual", false);
  plan_norm(plan, plan.config.has("norm_eps") ? "norm_eps" : "layer_norm_eps", "attention.layer_norm_epsilon", 1e-5);
  plan_rope(plan, plan.head);
  const double fraction =
      plan.config.has("rope_parameters") || plan.config.has("partial_rotary_factor") || plan.config.has("rope_pct")
          ? rope_settings(plan.config).rotary_fraction
          : 0.25;
  const auto n_dims = static_cast<std::uint64_t>(fraction * static_cast<double>(plan.head));
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

void plan_openelm(ModelPlan& plan) {
  const HuggingFaceConfig& config = plan.config;
  plan.hidden = config.count("model_dim");
  plan.head = config.count("head_dim");
  plan.vocabulary = config.count("vocab_size");
  plan.positions = config.count("max_context_length");
  read_openelm_layers(plan);
  if (!config.flag("normalize_qk_projections", true))
    config.unsupported("normalize_qk_projections", "= false is not supported");
  if (!config.flag("share_input_output_layers", true))
    config.unsupported("share_input_output_layers", "= false is not supported");
  plan.tied_output = true;

  plan.set("block_count", plan.layers.size());
  plan.set("vocab_size", plan.vocabulary);
  plan.set("context_length", plan.positions);
  plan.set("embedding_length", plan.hidden);
  plan.set("feed_forward_length", per_layer(plan, &LayerSizes::ffn));
  plan.set("attention.head_count", per_layer(plan, &LayerSizes::n_heads));
  plan.set("attention.head_count_kv", per_layer(plan, &LayerSizes::n_kv_heads));
  plan.set("rope.freq_base", config.number("rope_freq_constant", 10000));
  plan.set("rope.dimension_count", plan.head);
  plan.set("attention.layer_norm_rms_epsilon", 1e-6);
  plan_head_size(plan);

  plan.roots = {"transformer."};
  plan.tensors = {
      {"token_embeddings.weight", "token_embd.weight", Extent::vocabulary, Extent::hidden},
      {"norm.weight", "output_norm.weight", Extent::none, Extent::hidden},
  };
  plan.layer_tensors = {
      {"layers.*.attn_norm.weight", "blk.*.attn_norm.weight", Extent::none, Extent::hidden},
      {"layers.*.attn.qkv_proj.weight", "blk.*.attn_qkv.weight", Extent::fused_qkv, Extent::hidden},
      {"layers.*.attn.q_norm.weight", "blk.*.attn_q_norm.weight", Extent::none, Extent::head},
      {"layers.*.attn.k_norm.weight", "blk.*.attn_k_norm.weight", Extent::none, Extent::head},
      {"layers.*.attn.out_proj.weight", "blk.*.attn_output.weight", Extent::hidden, Extent::query},
      {"layers.*.ffn_norm.weight", "blk.*.ffn_norm.weight", Extent::none, Extent::hidden},
      {"layers.*.ffn.proj_1.weight", "blk.*.ffn_gate.weight", Extent::ffn, Extent::hidden, Change::first_half},
      {"layers.*.ffn.proj_1.weight", "blk.*.ffn_up.weight", Extent::ffn, Extent::hidden, Change::second_half},
      {"layers.*.ffn.proj_2.weight", "blk.*.ffn_down.weight", Extent::hidden, Extent::ffn},
  };
}

}  // namespace minnow::formats
