// OpenELM: as Llama with rotated halves and normed queries and keys, each layer of its own size.
// StableLM: layer norms and a gated feed-forward; a layer without ffn_norm runs both halves side by side.
// GPT-2: layer norms, learned positions, a plain GELU feed-forward.
#include "models/families/family.hpp"

namespace minnow::models {

void read_openelm(const SpecReader& in, DecoderSpec& spec) {
  read_rms_norm(in, spec);
  spec.rope.layout = RopeLayout::half;
  spec.qk_norm = true;
}

void read_stablelm(const SpecReader& in, DecoderSpec& spec) {
  read_layer_norm(in, spec);
  spec.rope.layout = RopeLayout::half;
  spec.parallel_residual = !in.has_tensor("blk.0.ffn_norm.weight");
  spec.qk_norm = in.has_tensor("blk.0.attn_q_norm.weight");
}

void read_gpt2(const SpecReader& in, DecoderSpec& spec) {
  read_layer_norm(in, spec);
  spec.rope.layout = RopeLayout::none;
  spec.learned_positions = true;
  spec.activation = Activation::gelu_tanh;
}

}  // namespace minnow::models
