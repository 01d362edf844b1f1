// A session for texts of unknown length, one after another: its context grows with them, since a cache for all that a
// model could read may be far larger than questions are, and what a text shares with the one before it stays evaluated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "minnow/minnow.hpp"

namespace minnow::evaluation {

struct ReadingOptions {
  std::size_t context = 0;                // the most tokens a text may have; 0: what the model was trained for
  CacheType cache_type = CacheType::f32;  // as the harness; f16 moves log-likelihoods by tenths of a nat
};

class GrowingSession {
 public:
  GrowingSession(const Model& model, const ReadingOptions& options);

  std::size_t limit() const { return limit_; }  // tokens
  // The session, which holds some text and has room for this many tokens, at most limit(). Throws Error(out_of_memory).
  Session& with_room(std::size_t n_tokens);
  // As engine::keep_common.
  std::size_t keep_common(std::span<const TokenId> tokens);

 private:
  Model model_;
  ReadingOptions options_;
  std::size_t limit_;
  std::optional<Session> session_;
};

}  // namespace minnow::evaluation
