// How surprised a model is by a text: exp of the mean negative log-likelihood per scored token.
//
//   Perplexity result = perplexity(model, text, {.passages = {.context = 512}});
//   std::cout << result.perplexity << " +/- " << result.error;
//
// Two readings. The field's usual one cuts the whole text into chunks of `context` tokens, puts BOS in place of a
// chunk's first token and scores the second half of each, so that every scored token has seen at least half a context.
// With a `separator` the text is a list of documents: each starts with BOS, is cut to `context` tokens, and every token
// after BOS is scored.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "evaluation/passages.hpp"
#include "minnow/minnow.hpp"

namespace minnow::evaluation {

struct PerplexityOptions {
  PassageOptions passages{};
  CacheType cache_type = CacheType::f16;
  std::function<void(std::size_t done, std::size_t total)> progress{};
};

struct Perplexity {
  double perplexity = 0;
  double error = 0;        // one standard error
  std::size_t tokens = 0;  // scored
  std::size_t chunks = 0;
};

// Throws Error(invalid_input) when the text is too short to score.
Perplexity perplexity(const Model& model, std::string_view text, const PerplexityOptions& options = {});

}  // namespace minnow::evaluation
