// OpenELM, whose layers differ in heads and in the width of the feed-forward.
#include <algorithm>

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
