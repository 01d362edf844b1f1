#include "models/forward_pass.hpp"

namespace minnow::models {

void norm(const ForwardPass& pass, const NormWeights& weights, const float* x, float* y) noexcept {
  const DecoderSpec& spec = pass.spec;
  if (spec.norm == Norm::rms) {
    pass.kernels.rms_norm(x, weights.weight.data(), spec.embedding_size, spec.norm_epsilon, y);
  } else {
    pass.kernels.layer_norm(x, weights.weight.data(), weights.bias.data(), spec.embedding_size, spec.norm_epsilon, y);
  }
}

void norm_all(const ForwardPass& pass, const NormWeights& weights) {
  const std::size_t size = pass.spec.embedding_size;
  pass.pool.run(pass.tokens.size(), [&](std::size_t token) {
    norm(pass, weights, pass.scratch.residual.data() + token * size, pass.scratch.normed.data() + token * size);
  });
}

void add_change(const ForwardPass& pass, const Linear& last, const NormWeights& post_norm) {
  const std::size_t size = pass.spec.embedding_size;
  pass.pool.run(pass.tokens.size(), [&](std::size_t token) {
    float* change = pass.scratch.change.data() + token * size;
    add_bias(pass, last.bias, change);
    if (pass.spec.post_norms) norm(pass, post_norm, change, change);
    pass.kernels.add(change, size, pass.scratch.residual.data() + token * size);
  });
}

}  // namespace minnow::models
