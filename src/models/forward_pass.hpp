// What the two halves of a layer share while one batch of tokens passes through the decoder.
//
// Every step is written for one token, head or piece of a row and spread over the pool; no sum is ever split, so that
// the number of threads and the company of other tokens change nothing.
#pragma once

#include <cstddef>
#include <span>

#include "base/thread_pool.hpp"
#include "kernels/kernel_table.hpp"
#include "models/adapter.hpp"
#include "models/scratch.hpp"
#include "models/spec.hpp"
#include "models/weights.hpp"

namespace minnow::models {

struct ForwardPass {
  const DecoderSpec& spec;
  const Weights& weights;
  const kernels::KernelTable& kernels;
  Scratch& scratch;
  ThreadPool& pool;
  const kernels::WorkSplit& split;
  std::span<const TokenPlace> tokens;

  void multiply(kernels::Activations& x, std::span<const kernels::Product> products) const {
    kernels::matmul(kernels, x, products, pool, split);
  }
  void multiply(kernels::Activations& x, std::initializer_list<kernels::Product> products) const {
    multiply(x, std::span(products.begin(), products.size()));
  }
};

void attention(const ForwardPass& pass, std::size_t layer);     // x += Attn(norm(x))
void feed_forward(const ForwardPass& pass, std::size_t layer);  // x += FFN(norm(x))

// Shared by both.
void norm(const ForwardPass& pass, const NormWeights& weights, const float* x, float* y) noexcept;  // one row
// Says what the next products multiply: rows of `x` for n_tokens tokens.
void set_input(const ForwardPass& pass, MatrixInput input, std::size_t layer, const float* x, std::size_t n_tokens,
               std::size_t cols);
void norm_all(const ForwardPass& pass, const NormWeights& weights);                          // residual to normed
void add_change(const ForwardPass& pass, const Linear& last, const NormWeights& post_norm);  // change to residual

// y += B A x for the tokens whose adapter changes this matrix; x and y are rows of all tokens.
void adapt(const ForwardPass& pass, std::size_t layer, LowRank LayerAdapter::*matrix, const float* x, float* y);

inline void add_bias(const ForwardPass& pass, const AlignedBuffer<float>& bias, float* row) noexcept {
  if (bias.size() > 0) pass.kernels.add(bias.data(), bias.size(), row);
}

}  // namespace minnow::models
