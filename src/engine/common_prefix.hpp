// How far two sequences of tokens are the same, and a session that keeps that much.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "minnow/session.hpp"

namespace minnow::engine {

// How many tokens both begin with.
inline std::size_t common_prefix(std::span<const TokenId> a, std::span<const TokenId> b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

// Leaves in the session what it holds of the beginning of `tokens`, but not all of them: the logits after the last one
// come from evaluating it. Returns how many those are.
inline std::size_t keep_common(Session& session, std::span<const TokenId> tokens) {
  std::size_t common = common_prefix(session.tokens(), tokens);
  if (common == tokens.size() && common > 0) --common;
  session.truncate(common);
  return common;
}

}  // namespace minnow::engine
