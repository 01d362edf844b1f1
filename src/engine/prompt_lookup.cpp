#include "engine/prompt_lookup.hpp"

#include <algorithm>

#include "engine/common_prefix.hpp"

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
  std::size_t best_length = kLeastMatch - 1;
  std::size_t latest = 0;  // where the longest matches end; 0: there is none
  std::size_t other = 0;
  for (std::size_t end = tokens.size(); end-- > kLeastMatch;) {
    const std::size_t length = match_length(tokens, end);
    if (length > best_length) {
      best_length = length;
      latest = end;
      other = 0;
    } else if (latest != 0 && other == 0 && length == best_length) {
      other = end;
    }
  }
  if (latest == 0) return {};
  const auto draft = tokens.subspan(latest, std::min(limit, tokens.size() - latest));
  return other == 0 ? draft : draft.first(std::max<std::size_t>(1, common_prefix(draft, tokens.subspan(other))));
}

}  // namespace minnow::engine
