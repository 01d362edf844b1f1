#include <algorithm>

#include "kernels/matrix.hpp"
#include "models/forward_pass.hpp"

namespace minnow::models {
namespace {

constexpr std::size_t kPiece = 1024;  // values of a row that one task activates

// gate = activation(gate) * up, or without a gate up = activation(up), for n values of one row.
void activate(const ForwardPass& pass, float* gate, float* up, std::size_t n) noexcept {
  switch (pass.spec.activation) {
    case Activation::silu_gate:
      pass.kernels.silu_gate(gate, up, n, gate);
      break;
    case Activation::gelu_tanh_gate:
      pass.kernels.gelu_tanh_gate(gate, up, n, gate);
      break;
    case Activation::gelu_tanh:
      pass.kernels.gelu_tanh(n, up);
      break;
  }
}

void activate_all(const ForwardPass& pass, const LayerWeights& weights, std::size_t size) {
  const std::size_t n_pieces = (size + kPiece - 1) / kPiece;
  pass.pool.run(pass.tokens.size() * n_pieces, [&](std::size_t task) {
    const std::size_t begin = task % n_pieces * kPiece;
    const std::size_t n = std::min(kPiece, size - begin);
    const std::size_t offset = task / n_pieces * size + begin;
    float* gate = pass.scratch.gate.data() + offset;
    float* up = pass.scratch.up.data() + offset;
    if (weights.gate.bias.size() > 0) pass.kernels.add(weights.gate.bias.data() + begin, n, gate);
    if (weights.up.bias.size() > 0) pass.kernels.add(weights.up.bias.data() + begin, n, up);
    activate(pass, gate, up, n);
  });
}

}  // namespace

void feed_forward(const ForwardPass& pass, std::size_t layer) {
  const LayerWeights& weights = pass.weights.layers[layer];
  const std::size_t size = pass.spec.layers[layer].ffn_size;
  Scratch& scratch = pass.scratch;
  const std::size_t n_tokens = pass.tokens.size();
  const bool gated = !weights.gate.matrix.empty();

  if (!pass.spec.parallel_residual) norm_all(pass, weights.ffn_norm);
  set_input(pass, MatrixInput::feed_forward, layer, scratch.normed.data(), n_tokens, pass.spec.embedding_size);
  const kernels::Product products[] = {{&weights.up.matrix, scratch.up.data()},
                                       {&weights.gate.matrix, scratch.gate.data()}};
  pass.multiply(scratch.activations, std::span(products, gated ? 2 : 1));
  adapt(pass, layer, &LayerAdapter::up, scratch.normed.data(), scratch.up.data());
  if (gated) adapt(pass, layer, &LayerAdapter::gate, scratch.normed.data(), scratch.gate.data());
  activate_all(pass, weights, size);
  set_input(pass, MatrixInput::down, layer, gated ? scratch.gate.data() : scratch.up.data(), n_tokens, size);
  pass.multiply(scratch.activations, {{&weights.down.matrix, scratch.change.data()}});
  adapt(pass, layer, &LayerAdapter::down, gated ? scratch.gate.data() : scratch.up.data(), scratch.change.data());
  add_change(pass, weights.down, weights.post_ffn_norm);
}

}  // namespace minnow::models
