// Structured pruning: a smaller model without the layers, attention heads or feed-forward channels that do the least.
//
//   PruneSize size = prune_size(file, spec, {.layers = 2, .channel_share = 0.25});
//   KeptParts kept = choose_parts(size, measure_parts(model, text, …));
//   prune(file, spec, kept, "small.gguf", pool);
//
// The new file is an ordinary one of the same architecture: fewer blocks, heads and channels in its metadata, and
// tensors cut to match. Every layer loses the same number of heads and channels, the least important of its own.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/thread_pool.hpp"
#include "evaluation/part_importance.hpp"
#include "formats/cut_model.hpp"
#include "formats/gguf_reader.hpp"
#include "models/spec.hpp"

namespace minnow::evaluation {

// How much to take away.
struct PruneRequest {
  std::size_t layers = 0;
  std::size_t heads = 0;     // of each layer
  std::size_t channels = 0;  // of each layer's feed-forward
  double channel_share = 0;  // or this share of them
};

// What stays, in numbers.
struct PruneSize {
  std::size_t layers = 0;
  std::size_t head_groups = 0;       // of each layer; 0: all
  std::size_t channels = 0;          // of each layer; 0: all
  std::vector<std::string> notes{};  // what was made of the request: one sentence each
};

// Rounds channels so that fewer are taken away than asked for: to whole blocks of the down matrices, and to 256 where
// the model is wide, so that K-quants still fit. Throws Error(invalid_input) where nothing would stay or be taken away
// or heads don't come in whole groups, Error(unsupported) for families whose layers differ in what is cut.
PruneSize prune_size(const formats::GgufFile& file, const models::DecoderSpec& spec, const PruneRequest& request);

// What stays, in places; each ascending.
struct KeptParts {
  std::vector<std::size_t> layers;
  std::vector<std::vector<std::size_t>> head_groups;  // [layers of the source]; empty: all
  std::vector<std::vector<std::size_t>> channels;     // [layers of the source]; empty: all
};

KeptParts choose_parts(const PruneSize& size, const PartImportance& importance);

// Tensors and metadata of the new file.
std::vector<formats::TensorCut> cuts_of(const formats::GgufFile& file, const models::DecoderSpec& spec,
                                        const KeptParts& kept);
formats::Metadata metadata_of(const formats::GgufFile& file, const models::DecoderSpec& spec, const KeptParts& kept);

// Which tensors had to be rounded again: one sentence per kind.
std::vector<std::string> describe_rounding(const formats::GgufFile& file, std::span<const formats::TensorCut> cuts);

// Throws as formats::write_cut_model().
void prune(const formats::GgufFile& file, const models::DecoderSpec& spec, const KeptParts& kept,
           const std::filesystem::path& destination, ThreadPool& pool,
           const std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>& progress = {});

}  // namespace minnow::evaluation
