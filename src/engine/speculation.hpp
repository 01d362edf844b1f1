// Drafts of what a session may say next, by looking it up in the text or by asking a smaller model. The session's own
// model then evaluates a draft in one pass and chooses every token as it would have without: a pass of several tokens
// has the bits of several passes, so drafts change how long an answer takes and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/draft_length.hpp"
#include "minnow/session.hpp"

namespace minnow::engine {

class Speculation {
 public:
  // `options` must ask for one kind of draft at least. Throws Error(invalid_input) for a draft model whose vocabulary
  // isn't that of `model`, and what the draft model's Session throws.
  Speculation(const Model& model, const SpeculationOptions& options, std::size_t context);
  static bool wanted(const SpeculationOptions& options) { return options.prompt_lookup || options.draft_model; }

  // Tokens that may follow `tokens`, at most `limit`; none when it isn't worth the time.
  std::span<const TokenId> propose(std::span<const TokenId> tokens, std::size_t limit);
  // What became of the latest proposal: every token is accepted or refused in turn, those after a refused one never.
  void accepted();
  void refused();
  void observe_pass(std::size_t n_tokens, double ms) { cost_.observe(n_tokens, ms); }

  std::uint64_t drafted_tokens() const { return drafted_; }
  std::uint64_t accepted_tokens() const { return accepted_; }
  // Of the draft model's session.
  MemoryUse memory() const { return draft_ ? draft_->memory() : MemoryUse{}; }

 private:
  void ask_draft_model(std::span<const TokenId> tokens, std::size_t n);

  std::size_t max_draft_;
  bool prompt_lookup_;
  std::optional<Session> draft_;
  VerifyCost cost_;
  double draft_ms_ = 0;  // of one token of the draft model
  DraftLength lookup_length_;
  DraftLength draft_length_;
  DraftLength* in_use_ = nullptr;  // whose draft the latest proposal was
  std::vector<TokenId> proposal_;
  std::uint64_t drafted_ = 0;
  std::uint64_t accepted_ = 0;
};

}  // namespace minnow::engine
