// Phi-2: layer norms, and attention and a plain GELU feed-forward side by side. Phi-3, Phi-3.5, Phi-4 and Phi-4-mini:
// as Llama with rotated halves, fused matrices (weights.cpp takes them apart) and contexts stretched by longrope.
#include "models/families/family.hpp"

namespace minnow::models {

void read_phi2(const SpecReader& in, DecoderSpec& spec) {
  read_layer_norm(in, spec);
  spec.rope.layout = RopeLayout::half;
  spec.activation = Activation::gelu_tanh;
  spec.parallel_residual = true;
}

void read_phi3(const SpecReader& in, DecoderSpec& spec) {
  read_rms_norm(in, spec);
  read_window_of_all_layers(in, spec);
  spec.rope.layout = RopeLayout::half;
  // Some files carry the factors and don't name the scaling.
  if (in.has_tensor("rope_factors_long.weight")) spec.rope.scaling = RopeScaling::longrope;
}

}  // namespace minnow::models
