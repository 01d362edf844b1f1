#include "engine/prompt_lookup.hpp"

#include <algorithm>

namespace minnow::engine {
namespace {

constexpr std::size_t kLeastMatch = 2;
constexpr std::size_t kMostMatch = 8;  // a longer match says little more

// How many tokens before `end` equal those before the end of the text.
std::size_t match_length(std::span<const TokenId> tokens, std::size_t end) {
  std::size_t n = 0;
  while (n < kMostMatch && n < end && tokens[end - 1 - n] == tokens[tokens.size() - 1 - n]) ++n;
  return n;
}

}  // namespace

std::span<const TokenId> look_up_continuation(std::span<const TokenId> tokens, std::size_t limit) {
  std::size_t best_end = 0;
  std::size_t best_length = kLeastMatch - 1;
  for (std::size_t end = tokens.size(); end-- > kLeastMatch && best_length < kMostMatch;) {
    const std::size_t length = match_length(tokens, end);
    if (length <= best_length) continue;
    best_length = length;
    best_end = end;
  }
  if (best_end == 0) return {};
  return tokens.subspan(best_end, std::min(limit, tokens.size() - best_end));
}

}  // namespace minnow::engine
