// Texts as vectors: what the model's last layer knows of a text's tokens, pooled into one vector of length 1.
//
//   Embedder embedder(model, 512);
//   std::vector<float> vector = embedder.embed(model.tokenize("a red lamp"));
//
// Pooled as the file says ({architecture}.pooling_type: mean, the first token or the last), by their mean where it says
// nothing. The same bits on every machine, as everything `exact`. Belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/aligned_buffer.hpp"
#include "engine/loaded_model.hpp"
#include "minnow/model.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"

namespace minnow::engine {

class Embedder {
 public:
  static constexpr std::size_t kBatchTokens = 256;

  // `context`: tokens of the longest text. Throws Error(out_of_memory) when there is no room for its cache.
  Embedder(const Model& model, std::size_t context);

  std::size_t dimensions() const { return model_->spec().embedding_size; }
  // `between` is called before each forward pass of kBatchTokens; what it throws ends the work. Throws
  // Error(invalid_input) for no tokens, Error(context_full) for too many.
  std::vector<float> embed(std::span<const TokenId> tokens, const models::Adapter* adapter = nullptr,
                           const std::function<void()>& between = {});

 private:
  enum class Pooling { mean, first, last };

  std::shared_ptr<const LoadedModel> model_;
  Pooling pooling_;
  models::KvCache cache_;
  models::Scratch scratch_;
  AlignedBuffer<float> rows_;  // [kBatchTokens][embedding_size]
};

}  // namespace minnow::engine
