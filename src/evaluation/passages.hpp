// A text cut into what a model reads at once, in the two readings that perplexity.hpp describes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.hpp"
#include "minnow/minnow.hpp"

namespace minnow::evaluation {

// Tokens to evaluate together, of which those from `first_scored` on count.
struct Passage {
  std::vector<TokenId> tokens;
  std::size_t first_scored;
};

struct PassageOptions {
  std::size_t context = 512;  // tokens per chunk; documents are cut to it
  std::size_t chunks = 0;     // chunks or documents; 0: all
  std::string separator{};    // empty: one text, cut into chunks
  // Of a document, only what comes after the first of these counts: the answer, not the question. Documents without it
  // are left out. Empty: all but the first token counts.
  std::string score_after{};

  friend bool operator==(const PassageOptions&, const PassageOptions&) = default;
};

// How many tokens of a passage are scored.
inline std::size_t n_scored(const Passage& passage) { return passage.tokens.size() - passage.first_scored; }
// The longest passage: the context needed.
std::size_t longest(const std::vector<Passage>& passages);

// At least one passage, each with a token to score. Throws Error(invalid_input) when the text or the context is too
// short for that.
std::vector<Passage> passages_of(const Model& model, std::string_view text, const PassageOptions& options = {});

// Reads a passage from an empty session and calls take(i, logits, actual) for each scored token: the i-th of them, the
// logits [vocabulary_size] that predict it, which are gone when take returns, and the token itself.
void each_scored(Session& session, const Passage& passage,
                 FunctionRef<void(std::size_t i, std::span<const float> logits, TokenId actual)> take);

}  // namespace minnow::evaluation
