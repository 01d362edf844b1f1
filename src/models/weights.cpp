#include "models/weights.hpp"

#include <algorithm>
#include <string>

#include "base/error.hpp"

namespace minnow::models {
namespace {

NormWeights load_norm(TensorReader& in, const std::string& name, std::size_t size) {
  return {.weight = in.vector(name + ".weight", size), .bias = in.optional_vector(name + ".bias", size)};
}

// Queries, keys and values are three tensors, or one above the other in a single one.
void load_qkv(const DecoderSpec& spec, const LayerSpec& layer, const std::string& block, TensorReader& in,
              LayerWeights& weights) {
  const std::size_t rows[] = {layer.n_heads * spec.key_size, layer.n_kv_heads * spec.key_size,
                              layer.n_kv_heads * spec.value_size};
  if (in.has(block + "attn_qkv.weight")) {
    Linear* const parts[] = {&weights.query, &weights.key, &weights.value};
    in.split_linear(block + "attn_qkv", rows, spec.embedding_size, parts);
    return;
  }
  weights.query = in.linear(block + "attn_q", rows[0], spec.embedding_size);
  weights.key = in.linear(block + "attn_k", rows[1], spec.embedding_size);
  weights.value = in.linear(block + "attn_v", rows[2], spec.embedding_size);
}

void load_attention(const DecoderSpec& spec, const LayerSpec& layer, const std::string& block, TensorReader& in,
                    LayerWeights& weights) {
  weights.attention_norm = load_norm(in, block + "attn_norm", spec.embedding_size);
  load_qkv(spec, layer, block, in, weights);
  if (spec.qk_norm) {
    weights.query_norm = in.vectors(block + "attn_q_norm.weight", spec.key_size, layer.n_heads);
    weights.key_norm = in.vectors(block + "attn_k_norm.weight", spec.key_size, layer.n_kv_heads);
  }
  weights.attention_output = in.linear(block + "attn_output", spec.embedding_size, layer.n_heads * spec.value_size);
  if (spec.post_norms) weights.post_attention_norm = load_norm(in, block + "post_attention_norm", spec.embedding_size);
}

// Gate and up are two tensors, or one above the other in ffn_up.
void load_feed_forward(const DecoderSpec& spec, const LayerSpec& layer, const std::string& block, TensorReader& in,
                       LayerWeights& weights) {
  if (!spec.parallel_residual) weights.ffn_norm = load_norm(in, block + "ffn_norm", spec.embedding_size);
  const bool gated = spec.activation != Activation::gelu_tanh;
  if (gated && !in.has(block + "ffn_gate.weight")) {
    const std::size_t rows[] = {layer.ffn_size, layer.ffn_size};
    Linear* const parts[] = {&weights.gate, &weights.up};
    in.split_linear(block + "ffn_up", rows, spec.embedding_size, parts);
  } else {
    if (gated) weights.gate = in.linear(block + "ffn_gate", layer.ffn_size, spec.embedding_size);
    weights.up = in.linear(block + "ffn_up", layer.ffn_size, spec.embedding_size);
  }
  weights.down = in.linear(block + "ffn_down", spec.embedding_size, layer.ffn_size);
  if (spec.post_norms) weights.post_ffn_norm = load_norm(in, block + "post_ffw_norm", spec.embedding_size);
}

// Factors that slow the pairs of a head down. The bounds keep every angle where sines are exact.
AlignedBuffer<float> load_rope_divisors(const DecoderSpec& spec, const std::string& name, TensorReader& in) {
  AlignedBuffer<float> divisors = in.vector(name, spec.rope.n_dims / 2);
  for (const float divisor : divisors.span()) {
    if (divisor >= 0.125f && divisor <= 1e9f) continue;
    fail(ErrorCode::invalid_input, "{} holds the factor {}, which makes no sense", name, divisor);
  }
  return divisors;
}

void load_rope(const DecoderSpec& spec, TensorReader& in, Weights& weights) {
  if (spec.rope.layout == RopeLayout::none) return;
  AlignedBuffer<float> divisors;
  if (spec.rope.scaling == RopeScaling::longrope) {
    divisors = load_rope_divisors(spec, "rope_factors_short.weight", in);
    const AlignedBuffer<float> long_divisors = load_rope_divisors(spec, "rope_factors_long.weight", in);
    weights.long_rope = rope_frequencies(spec.rope, long_divisors.span());
  } else if (in.has("rope_freqs.weight")) {
    divisors = load_rope_divisors(spec, "rope_freqs.weight", in);
  }
  weights.rope = rope_frequencies(spec.rope, divisors.span());
  if (spec.has_local_rope()) weights.local_rope = rope_frequencies(spec.local_rope, {});
}

void load_ends(const DecoderSpec& spec, TensorReader& in, Weights& weights) {
  if (spec.tied_output) {
    weights.output = in.linear("token_embd", spec.vocabulary_size, spec.embedding_size);
  } else {
    weights.token_embedding = in.table("token_embd", spec.vocabulary_size, spec.embedding_size);
    weights.output = in.linear("output", spec.vocabulary_size, spec.embedding_size);
  }
  weights.output_norm = load_norm(in, "output_norm", spec.embedding_size);
  if (spec.learned_positions) {
    if (spec.context_length == 0) {
      fail(ErrorCode::invalid_input, "the metadata {}.context_length is missing", spec.architecture);
    }
    weights.position_embedding = in.table("position_embd", spec.context_length, spec.embedding_size);
  }
}

}  // namespace

Weights load_weights(const DecoderSpec& spec, TensorReader& in) {
  Weights weights;
  load_ends(spec, in, weights);
  load_rope(spec, in, weights);
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const std::string block = "blk." + std::to_string(i) + ".";
    LayerWeights& layer = weights.layers.emplace_back();
    load_attention(spec, spec.layers[i], block, in, layer);
    load_feed_forward(spec, spec.layers[i], block, in, layer);
  }
  in.require_nothing_left();
  weights.bytes = in.bytes();
  weights.mapped_bytes = in.mapped_bytes();
  return weights;
}

}  // namespace minnow::models
