// The LoRA adapter that comes nearest to what tuning changed: the difference of two models of the same shape, matrix by
// matrix, as a product of two thin ones.
//
//   ExtractedAdapter found = extract_adapter(base, tuned, {.rank = 16}, pool);
//   write_adapter("kiosk-lora.gguf", found.adapter);
//
// The inverse of merge_adapter (merge_adapter.hpp) where tuning was of low rank, and the best answer of that rank in
// least squares where it wasn't. An adapter holds the matrices of the layers; what else the tuning changed (embeddings,
// output, norms, biases) is listed, and lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/thread_pool.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/lora_adapter.hpp"

namespace minnow::formats {

struct ExtractedMatrix {
  std::string tensor;
  std::size_t rank = 0;     // at most what was asked for
  double change = 0;        // the length of the difference, of that of the base matrix
  double energy = 0;        // the sum of the squares of the difference
  double energy_share = 0;  // how much of that the adapter holds, 0 to 1
};

struct LeftOutTensor {
  std::string tensor;
  double change = 0;  // as above
};

struct ExtractedAdapter {
  LoraAdapter adapter;
  std::vector<ExtractedMatrix> matrices;  // that changed, in the order of the base file
  std::vector<LeftOutTensor> left_out;    // that changed and are no part of the adapter

  // Of the whole difference of the matrices.
  double energy_share() const;
};

struct ExtractOptions {
  std::size_t rank = 16;  // 1 to kMaxLowRank (low_rank.hpp)
  std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)> progress{};
};

// Memory: twice the largest changed matrix in F32, and the adapter. Throws Error(invalid_input) for models of different
// architectures, vocabularies, hyperparameters or shapes, for weights that are no numbers, each named, and when no
// matrix differs.
ExtractedAdapter extract_adapter(const GgufFile& base, const GgufFile& tuned, const ExtractOptions& options,
                                 ThreadPool& pool);

}  // namespace minnow::formats
