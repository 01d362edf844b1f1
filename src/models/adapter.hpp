// A LoRA adapter ready to run with a decoder: beside a matrix W the two thin ones whose product is its change.
//
//   Adapter adapter(formats::read_adapter(path, {…}), decoder.spec(), decoder.kernels(), pool);
//   decoder.forward({{{&cache, tokens, Logits::last, &adapter}}}, logits, scratch, pool);
//
// Tokens of sequences with different adapters, or none, pass through the decoder together: W is read once for all.
// Never changes after it is made; any number of threads may share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/aligned_buffer.hpp"
#include "base/thread_pool.hpp"
#include "formats/lora_adapter.hpp"
#include "kernels/matrix.hpp"
#include "models/spec.hpp"

namespace minnow::models {

// y += B A x; empty where the adapter leaves the matrix as it is. The scale is part of B.
struct LowRank {
  AlignedBuffer<std::byte> bytes;  // of both
  kernels::Matrix a, b;

  bool empty() const { return a.empty(); }
};

struct LayerAdapter {
  LowRank query, key, value, attention_output, gate, up, down;
};

class Adapter {
 public:
  // Throws Error(invalid_input) for a change that doesn't fit this model, or Error(unsupported) for one of a matrix
  // that can't be adapted, naming the matrix.
  Adapter(const formats::LoraAdapter& source, const DecoderSpec& spec, const kernels::KernelTable& kernels,
          ThreadPool& pool);

  const std::string& name() const { return name_; }
  const LayerAdapter& layer(std::size_t index) const { return layers_[index]; }
  std::size_t max_rank() const { return max_rank_; }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  std::string name_;
  std::vector<LayerAdapter> layers_;
  std::size_t max_rank_ = 0;
  std::uint64_t size_bytes_ = 0;
};

// What formats::read_adapter needs to know of a model.
formats::AdapterTarget adapter_target(const DecoderSpec& spec);

}  // namespace minnow::models
