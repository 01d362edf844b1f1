// What a Session holds. Its last token may not be in the KV cache yet: a token is evaluated when the next one is
// wanted, so that the last token of an answer costs nothing.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/aligned_buffer.hpp"
#include "engine/loaded_model.hpp"
#include "engine/sampler.hpp"
#include "engine/session_plan.hpp"
#include "minnow/session.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"

namespace minnow {

struct Session::State {
  State(const Model& handle, std::shared_ptr<const engine::LoadedModel> loaded, const SessionOptions& options,
        const engine::SessionPlan& planned);

  std::size_t vocabulary_size() const { return model->vocabulary_size(); }
  std::span<const float> current_logits() const {
    return has_logits ? logits.span().first(vocabulary_size()) : std::span<const float>{};
  }
  // Chooses the next token out of those allowed and appends it; no value at the end of generation.
  std::optional<TokenId> decode(engine::TokenMask allowed);
  void require_room(std::size_t n_tokens) const;
  void require_known(std::span<const TokenId> ids) const;
  // Evaluates what tokens has and the cache lacks; logits are those of the last token.
  void catch_up();
  // The same, handing out every token's logits: index counts from the first token that was not evaluated.
  void catch_up_with_all_logits(const OnLogits& on_logits, std::size_t first_index);
  void forward(std::span<const TokenId> part, models::Logits wanted, float* out);

  Model public_model;
  std::shared_ptr<const engine::LoadedModel> model;
  engine::SessionPlan plan;
  models::KvCache cache;
  models::Scratch scratch;
  AlignedBuffer<float> logits;
  AlignedBuffer<float> all_logits;  // made by the first evaluate()
  std::vector<TokenId> tokens;
  engine::Sampler sampler;
  bool has_logits = false;
};

}  // namespace minnow
