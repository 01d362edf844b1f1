#include "engine/embedder.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.hpp"
#include "models/adapter.hpp"

namespace minnow::engine {
namespace {

// Checks that there is room before any of it is taken.
std::size_t checked_context(const LoadedModel& model, std::size_t context) {
  const std::uint64_t needed = models::KvCache::size_bytes(model.spec(), context, kernels::CacheType::f16) +
                               models::Scratch::size_bytes(model.spec(), Embedder::kBatchTokens);
  const std::uint64_t available = model.available_memory_bytes();
  if (available > 0 && needed > available) {
    fail(ErrorCode::out_of_memory, "embeddings of {} tokens need {} MB, and {} MB are free", context,
         needed / 1'000'000, available / 1'000'000);
  }
  return context;
}

}  // namespace

Embedder::Embedder(const Model& model, std::size_t context)
    : model_(loaded_model(model)),
      pooling_(Pooling::mean),
      cache_(model_->spec(), checked_context(*model_, context), kernels::CacheType::f16),
      scratch_(model_->spec(), kBatchTokens),
      rows_(kBatchTokens * model_->spec().embedding_size) {
  const auto type = model_->file().metadata().unsigned_integer(model.architecture() + ".pooling_type");
  if (type == 2u) pooling_ = Pooling::first;
  if (type == 3u) pooling_ = Pooling::last;
}

std::vector<float> Embedder::embed(std::span<const TokenId> tokens, const models::Adapter* adapter,
                                   const std::function<void()>& between) {
  if (tokens.empty()) fail(ErrorCode::invalid_input, "there is no text to embed");
  if (tokens.size() > cache_.capacity()) {
    fail(ErrorCode::context_full, "the text has {} tokens and the context holds {}", tokens.size(), cache_.capacity());
  }
  cache_.truncate(0);
  if (adapter != nullptr) scratch_.make_room_for_adapters(model_->spec(), adapter->max_rank());
  const std::size_t size = dimensions();
  std::vector<double> pooled(size);
  for (std::size_t begin = 0; begin < tokens.size(); begin += kBatchTokens) {
    if (between) between();
    const auto part = tokens.subspan(begin, std::min(kBatchTokens, tokens.size() - begin));
    const models::Slice slice{&cache_, part, models::Logits::none, adapter};
    model_->hidden({&slice, 1}, rows_.data(), scratch_);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const bool counts = pooling_ == Pooling::mean || (pooling_ == Pooling::first && begin + i == 0) ||
                          (pooling_ == Pooling::last && begin + i + 1 == tokens.size());
      if (!counts) continue;
      for (std::size_t k = 0; k < size; ++k) pooled[k] += static_cast<double>(rows_[i * size + k]);
    }
  }
  double squares = 0;
  for (const double value : pooled) squares += value * value;
  const double length = std::sqrt(squares);
  std::vector<float> vector(size);
  for (std::size_t k = 0; k < size && length > 0; ++k) vector[k] = static_cast<float>(pooled[k] / length);
  return vector;
}

}  // namespace minnow::engine
