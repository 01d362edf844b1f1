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

void set_input(const ForwardPass& pass, MatrixInput input, std::size_t layer, const float* x, std::size_t n_tokens,
               std::size_t cols) {
  pass.scratch.activations.set(x, n_tokens, cols);
  if (pass.scratch.observer != nullptr) pass.scratch.observer->observe(input, layer, x, n_tokens, cols);
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

// Tokens of one sequence stand together, so each adapter has its runs of them.
void adapt(const ForwardPass& pass, std::size_t layer, LowRank LayerAdapter::*matrix, const float* x, float* y) {
  if (!pass.scratch.adapters) return;
  AdapterScratch& scratch = *pass.scratch.adapters;
  const std::size_t n_tokens = pass.tokens.size();
  for (std::size_t begin = 0, end = 0; begin < n_tokens; begin = end) {
    const Adapter* adapter = pass.tokens[begin].adapter;
    while (end < n_tokens && pass.tokens[end].adapter == adapter) ++end;
    if (adapter == nullptr || (adapter->layer(layer).*matrix).empty()) continue;
    const LowRank& change = adapter->layer(layer).*matrix;
    const std::size_t n = end - begin, rows = change.b.rows();
    scratch.activations.set(x + begin * change.a.cols(), n, change.a.cols());
    pass.multiply(scratch.activations, {{&change.a, scratch.low.data()}});
    scratch.activations.set(scratch.low.data(), n, change.a.rows());
    pass.multiply(scratch.activations, {{&change.b, scratch.high.data()}});
    pass.pool.run(n, [&](std::size_t token) {
      pass.kernels.add(scratch.high.data() + token * rows, rows, y + (begin + token) * rows);
    });
  }
}

}  // namespace minnow::models
