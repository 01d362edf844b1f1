// The activations of one forward pass, sized for max_tokens and taken once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/aligned_buffer.hpp"
#include "kernels/matrix.hpp"
#include "models/kv_cache.hpp"
#include "models/spec.hpp"

namespace minnow::models {

// Where one token of a forward pass stands.
struct TokenPlace {
  KvCache* cache = nullptr;
  std::size_t position = 0;
  std::int32_t id = 0;
};

struct Scratch {
  // Throws std::bad_alloc.
  Scratch(const DecoderSpec& spec, std::size_t max_tokens);
  static std::uint64_t size_bytes(const DecoderSpec& spec, std::size_t max_tokens);

  std::size_t max_tokens() const { return places.size(); }

  std::vector<TokenPlace> places;
  kernels::Activations activations;

  // One row per token. Rows are as long as the layer at hand needs, one after another.
  AlignedBuffer<float> residual;           // x in the papers
  AlignedBuffer<float> normed;             // norm(x), what a half layer reads
  AlignedBuffer<float> query, key, value;  // all heads of a token
  AlignedBuffer<float> attended;           // what each head gathered
  AlignedBuffer<float> gate, up;           // inside the feed-forward
  AlignedBuffer<float> change;             // what a half layer adds to x
  AlignedBuffer<float> rope, local_rope;   // cosines and sines of each token's position
};

}  // namespace minnow::models
