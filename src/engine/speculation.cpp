#include "engine/speculation.hpp"

#include <algorithm>
#include <chrono>

#include "base/error.hpp"
#include "engine/prompt_lookup.hpp"

namespace minnow::engine {
namespace {

void require_same_vocabulary(const Model& model, const Model& draft) {
  const std::size_t n = model.vocabulary_size();
  if (draft.vocabulary_size() != n) {
    fail(ErrorCode::invalid_input, "{} can't draft for {}: its vocabulary has {} tokens, not {}", draft.name(),
         model.name(), draft.vocabulary_size(), n);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const auto id = static_cast<TokenId>(i);
    if (model.piece(id, true) == draft.piece(id, true)) continue;
    fail(ErrorCode::invalid_input, "{} can't draft for {}: token {} differs in their vocabularies", draft.name(),
         model.name(), id);
  }
}

std::optional<Session> draft_session(const Model& model, const SpeculationOptions& options, std::size_t context) {
  if (!options.draft_model) return std::nullopt;
  require_same_vocabulary(model, *options.draft_model);
  return Session(*options.draft_model, {.context = context, .sampling = {.temperature = 0}});
}

}  // namespace

Speculation::Speculation(const Model& model, const SpeculationOptions& options, std::size_t context)
    : max_draft_(options.max_draft),
      prompt_lookup_(options.prompt_lookup),
      draft_(draft_session(model, options, context)) {
  proposal_.reserve(max_draft_);
}

std::span<const TokenId> Speculation::propose(std::span<const TokenId> tokens, std::size_t limit) {
  limit = std::min(limit, max_draft_);
  proposal_.clear();
  if (prompt_lookup_) {
    const std::span<const TokenId> found = look_up_continuation(tokens, limit);
    in_use_ = &lookup_length_;
    const std::size_t n = found.empty() ? 0 : lookup_length_.choose(found.size(), cost_, 0);
    proposal_.assign(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(n));
  }
  if (proposal_.empty() && draft_) {
    in_use_ = &draft_length_;
    if (const std::size_t n = draft_length_.choose(limit, cost_, draft_ms_); n > 0) ask_draft_model(tokens, n);
  }
  drafted_ += proposal_.size();
  return proposal_;
}

void Speculation::ask_draft_model(std::span<const TokenId> tokens, std::size_t n) {
  const auto start = std::chrono::steady_clock::now();
  const std::span<const TokenId> known = draft_->tokens();
  const auto same = static_cast<std::size_t>(std::ranges::mismatch(known, tokens).in1 - known.begin());
  draft_->truncate(same);
  draft_->prefill(tokens.subspan(same));
  while (proposal_.size() < n) {
    const std::optional<TokenId> token = draft_->decode();
    if (!token) break;
    proposal_.push_back(*token);
  }
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  draft_ms_ = ms / static_cast<double>(n);
}

void Speculation::accepted() {
  ++accepted_;
  in_use_->accepted();
}

void Speculation::refused() { in_use_->refused(); }

}  // namespace minnow::engine
