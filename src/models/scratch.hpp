// The activations of one forward pass, sized for max_tokens and taken once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/aligned_buffer.hpp"
#include "kernels/matrix.hpp"
#include "models/input_observer.hpp"
#include "models/kv_cache.hpp"
#include "models/spec.hpp"

namespace minnow::models {

class Adapter;

// Where one token of a forward pass stands.
struct TokenPlace {
  KvCache* cache = nullptr;
  const Adapter* adapter = nullptr;
  std::size_t position = 0;
  std::int32_t id = 0;
};

// What adapters need beside the rest.
struct AdapterScratch {
  AdapterScratch(const DecoderSpec& spec, std::size_t max_tokens, std::size_t max_rank);
  static std::uint64_t size_bytes(const DecoderSpec& spec, std::size_t max_tokens, std::size_t max_rank);

  std::size_t max_rank;
  kernels::Activations activations;
  AlignedBuffer<float> low;   // A x: [max_tokens][max_rank]
  AlignedBuffer<float> high;  // B A x: [max_tokens][widest output]
};

struct Scratch {
  // Throws std::bad_alloc.
  Scratch(const DecoderSpec& spec, std::size_t max_tokens);
  static std::uint64_t size_bytes(const DecoderSpec& spec, std::size_t max_tokens);

  std::size_t max_tokens() const { return places.size(); }
  // Adapters up to this rank can be used from now on.
  void make_room_for_adapters(const DecoderSpec& spec, std::size_t max_rank);

  InputObserver* observer = nullptr;  // sees what matrices multiply

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
  std::optional<AdapterScratch> adapters;  // none: no slice has one
};

}  // namespace minnow::models
