// A decoder-only transformer ready to run: its spec, its weights, and one forward pass for every family.
//
//   auto decoder = Decoder::load(file, kernels::active_kernels(), pool);
//   KvCache cache(decoder.spec(), 4096, CacheType::f16);
//   Scratch scratch(decoder.spec(), 512);
//   decoder.forward({{{&cache, tokens, Logits::last}}}, logits, scratch, pool);
//
// A Decoder never changes after it is loaded; threads may share it, each with its own cache and scratch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/thread_pool.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/pack_file.hpp"
#include "kernels/kernel_table.hpp"
#include "models/device_split.hpp"
#include "models/kv_cache.hpp"
#include "models/pack_place.hpp"
#include "models/spec.hpp"

namespace minnow::models {

using TokenId = std::int32_t;

class Adapter;   // adapter.hpp
struct Weights;  // weights.hpp

enum class Logits { none, last, all };

// Tokens to append to one sequence. Several slices in one forward pass are evaluated together and give the same
// bits as one after another; no two may share a cache.
struct Slice {
  KvCache* cache;
  std::span<const TokenId> tokens;  // at least one, each below vocabulary_size
  Logits logits;
  const Adapter* adapter = nullptr;  // none: the model as it is; else scratch has room for its rank
};

struct Scratch;  // scratch.hpp: activations of one forward pass, sized for max_tokens
struct TokenPlace;
struct ForwardPass;

class Decoder {
 public:
  using Progress = std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

  // Reads the spec and maps the packed weights, packing them first where there is no pack yet; without a place for
  // one they are packed in memory, and pages of `file` that were repacked are released. `file` must outlive the
  // decoder. Throws Error(unsupported) for an architecture or feature we lack, Error(invalid_input) for missing,
  // misshapen or non-finite tensors, each named.
  static Decoder load(const formats::GgufFile& file, const kernels::KernelTable& kernels, ThreadPool& pool,
                      const Progress& progress = {}, const PackOptions& pack = {});
  Decoder(Decoder&&) noexcept;
  ~Decoder();

  const DecoderSpec& spec() const { return spec_; }
  const kernels::KernelTable& kernels() const { return *kernels_; }
  std::uint64_t weights_bytes() const;
  const Weights& weights() const { return *weights_; }
  // Of weights_bytes(), what lies in mapped files: memory the system counts as available though every token needs it.
  std::uint64_t mapped_bytes() const;
  // How products are split over the threads: as was tuned when the pack was made, with these kernels and as many
  // threads. Set it only while nothing else uses the decoder; no bit depends on it.
  const DeviceSplit& split() const { return split_; }
  void set_split(const DeviceSplit& split) { split_ = split; }
  // The pack the weights lie in; null: they were packed in memory.
  const formats::PackFile* pack() const { return pack_.get(); }

  // Appends every slice's tokens to its cache and writes logits [n][vocabulary_size], rows in slice order: one row
  // for Logits::last, one per token for Logits::all. The token count over all slices is at most scratch.max_tokens().
  // Throws Error(context_full) before anything has changed when a cache lacks room, Error(invalid_input) for a token
  // id out of range.
  void forward(std::span<const Slice> slices, float* logits, Scratch& scratch, ThreadPool& pool) const;
  // The same beginning at `first_layer` with what the layers before it made of the tokens: `residual`
  // [n_tokens][embedding_size], as InputObserver::observe_residual() shows it. Of those layers the caches learn
  // nothing. `first_layer` may be the number of layers: then only the output matrix is left.
  void forward_from(std::size_t first_layer, const float* residual, std::span<const Slice> slices, float* logits,
                    Scratch& scratch, ThreadPool& pool) const;
  // The same with what the last layer leaves of every token, normed, in place of logits: [n_tokens][embedding_size].
  void hidden(std::span<const Slice> slices, float* rows, Scratch& scratch, ThreadPool& pool) const;
  // What forward() would have made of such rows: logits [n_rows][vocabulary_size], n_rows at most
  // scratch.max_tokens().
  void logits_of(const float* rows, std::size_t n_rows, float* logits, Scratch& scratch, ThreadPool& pool) const;

 private:
  ForwardPass begin(std::span<const Slice> slices, Scratch& scratch, ThreadPool& pool) const;
  ForwardPass pass_over(std::span<const TokenPlace> tokens, std::size_t n_rows, Scratch& scratch,
                        ThreadPool& pool) const;
  void pass_layers(const ForwardPass& pass, std::size_t first_layer = 0) const;

  Decoder(DecoderSpec spec, std::unique_ptr<const formats::PackFile> pack, std::unique_ptr<const Weights> weights,
          const kernels::KernelTable& kernels);

  DecoderSpec spec_;
  std::unique_ptr<const formats::PackFile> pack_;  // outlives the weights
  std::unique_ptr<const Weights> weights_;
  const kernels::KernelTable* kernels_;
  DeviceSplit split_;
};

}  // namespace minnow::models
