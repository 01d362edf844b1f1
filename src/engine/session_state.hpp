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
#include "engine/speculation.hpp"
#include "minnow/session.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"

namespace minnow {

struct Session::State {
  State(const Model& handle, std::shared_ptr<const engine::LoadedModel> loaded, const SessionOptions& options,
        const engine::SessionPlan& planned);

  std::size_t vocabulary_size() const { return model->vocabulary_size(); }
  std::span<const float> current_logits() const {
    return has_logits ? logits.span().subspan(logits_row * model->spec().vocabulary_size, vocabulary_size())
                      : std::span<const float>{};
  }
  // Chooses the next token out of those allowed and appends it; no value at the end of generation.
  std::optional<TokenId> decode(engine::TokenMask allowed);
  void require_room(std::size_t n_tokens) const;
  void require_known(std::span<const TokenId> ids) const;
  // Evaluates what tokens has and the cache lacks; logits are those of the last token.
  void catch_up();
  // The same, handing out the logits after every token from position `first` on: index counts from `origin`.
  void catch_up_with_all_logits(const OnLogits& on_logits, std::size_t origin, std::size_t first);
  // Drafted tokens stand in the cache behind the ones known. What became known since is compared with them.
  void follow_draft();
  void drop_draft();
  std::size_t verifiable_tokens() const;  // in one pass
  void evaluate_with_draft(std::span<const TokenId> proposed);
  void forward(std::span<const TokenId> part, models::Logits wanted, float* out);

  Model public_model;
  std::shared_ptr<const engine::LoadedModel> model;
  engine::SessionPlan plan;
  models::KvCache cache;
  models::Scratch scratch;
  std::unique_ptr<engine::Speculation> speculation;  // none: off
  std::vector<TokenId> draft;                        // the last tokens in the cache, not yet in `tokens`
  AlignedBuffer<float> logits;                       // a row after the last known token and after each drafted one
  std::size_t logits_row = 0;
  AlignedBuffer<float> hidden, all_logits;  // made by the first evaluate()
  std::vector<TokenId> tokens;
  engine::Sampler sampler;
  bool has_logits = false;
};

}  // namespace minnow
