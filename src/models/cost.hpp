// What evaluating tokens costs: the bytes of weights that pass through the processor and the products made with them.
//
// Norms, biases and the one row of an embedding table that a token looks up are left out: together they are less
// than a thousandth. So are attention's own products, which no matrix is part of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/kernel_table.hpp"
#include "models/spec.hpp"
#include "models/weights.hpp"

namespace minnow::models {

struct Cost {
  std::uint64_t layer_bytes = 0;      // matrices of all layers: read once for a batch of tokens
  std::uint64_t layer_products = 0;   // multiply-adds per token
  std::uint64_t output_bytes = 0;     // the matrix that makes logits: read when a batch wants any
  std::uint64_t output_products = 0;  // per row of logits

  std::uint64_t weight_bytes() const { return layer_bytes + output_bytes; }
  // Operations, a multiply-add being two, of `n_tokens` of which `n_logits` want logits.
  double operations(std::size_t n_tokens, std::size_t n_logits) const {
    return 2.0 * (static_cast<double>(layer_products) * static_cast<double>(n_tokens) +
                  static_cast<double>(output_products) * static_cast<double>(n_logits));
  }
};

Cost cost(const Weights& weights);

// Bytes of keys and values that one token at `position` looks at, its own included.
std::uint64_t attention_bytes(const DecoderSpec& spec, std::size_t position, kernels::CacheType type);

}  // namespace minnow::models
