#include "evaluation/observe_passages.hpp"

#include <algorithm>
#include <span>

#include "base/aligned_buffer.hpp"
#include "engine/loaded_model.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"

namespace minnow::evaluation {

void observe_passages(const Model& model, const std::vector<Passage>& passages, std::size_t context,
                      models::Logits logits, models::InputObserver& observer,
                      const std::function<void(std::size_t done, std::size_t total)>& progress) {
  const engine::LoadedModel& loaded = *engine::loaded_model(model);
  models::KvCache cache(loaded.spec(), context, kernels::CacheType::f16);
  models::Scratch scratch(loaded.spec(), std::min<std::size_t>(context, 128));  // logits of all bound the memory
  scratch.observer = &observer;
  const std::size_t n_rows = logits == models::Logits::all ? scratch.max_tokens() : 1;
  AlignedBuffer<float> rows(n_rows * loaded.spec().vocabulary_size);
  for (std::size_t i = 0; i < passages.size(); ++i) {
    const std::vector<TokenId>& tokens = passages[i].tokens;
    cache.truncate(0);
    for (std::size_t begin = 0; begin < tokens.size(); begin += scratch.max_tokens()) {
      const std::size_t n = std::min(scratch.max_tokens(), tokens.size() - begin);
      const models::Slice slice{&cache, std::span(tokens).subspan(begin, n), logits};
      loaded.forward({&slice, 1}, rows.data(), scratch);
    }
    if (progress) progress(i + 1, passages.size());
  }
}

}  // namespace minnow::evaluation
