#include "engine/answer_text.hpp"

#include <algorithm>
#include <utility>

#include "engine/probability.hpp"

namespace minnow::engine {
namespace {

bool all_control(const text::Tokenizer& tokenizer, std::span<const TokenId> ids) {
  return std::all_of(ids.begin(), ids.end(), [&](TokenId id) { return tokenizer.is_control(id); });
}

}  // namespace

AnswerText::AnswerText(const text::Tokenizer& tokenizer, std::span<const TokenId> prompt, std::vector<std::string> stop,
                       std::optional<std::size_t> logprobs, UncutPart uncut)
    : tokenizer_(tokenizer),
      stream_(tokenizer, /*at_start=*/all_control(tokenizer, prompt)),
      stops_(std::move(stop), std::move(uncut)),
      logprobs_(logprobs) {}

TokenOutput AnswerText::add(TokenId id, std::span<const float> logits, bool show_control) {
  TokenOutput output{
      .id = id, .piece = tokenizer_.piece(id, show_control), .text = stops_.add(stream_.add(id, show_control))};
  if (!logprobs_) return output;
  output.logprob = log_probability(logits, id);
  if (*logprobs_ > 0) output.top = top_probabilities(logits, *logprobs_);
  return output;
}

std::string AnswerText::finish() {
  std::string rest = stops_.add(stream_.finish());
  return rest + stops_.finish();
}

}  // namespace minnow::engine
