// The weights of a decoder, each under the name the forward pass calls it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.hpp"
#include "models/rope.hpp"
#include "models/spec.hpp"
#include "models/tensor_reader.hpp"

namespace minnow::models {

struct NormWeights {
  AlignedBuffer<float> weight;
  AlignedBuffer<float> bias;  // empty: none
};

struct LayerWeights {
  NormWeights attention_norm;
  Linear query, key, value;
  AlignedBuffer<float> query_norm, key_norm;  // [key_size] for all heads, or [n_heads][key_size]
  Linear attention_output;
  NormWeights post_attention_norm;  // with DecoderSpec::post_norms

  NormWeights ffn_norm;  // not with DecoderSpec::parallel_residual
  Linear gate;           // not with Activation::gelu_tanh
  Linear up, down;
  NormWeights post_ffn_norm;  // with DecoderSpec::post_norms
};

struct Weights {
  RowTable token_embedding;     // empty with a tied output, whose rows are the embeddings
  RowTable position_embedding;  // with learned positions
  std::vector<LayerWeights> layers;
  NormWeights output_norm;
  Linear output;

  RopeFrequencies rope;
  RopeFrequencies long_rope;   // longrope: of contexts beyond the original one
  RopeFrequencies local_rope;  // of layers with LayerSpec::local_rope

  std::uint64_t bytes = 0;
  std::uint64_t mapped_bytes = 0;  // TensorReader::mapped_bytes
};

// Throws as Decoder::load says.
Weights load_weights(const DecoderSpec& spec, TensorReader& in);

}  // namespace minnow::models
