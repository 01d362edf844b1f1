// Turns the tokens of an answer into outputs: text that is whole and free of stop strings, and log-probabilities.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/stop_matcher.hpp"
#include "minnow/session.hpp"
#include "text/stream_decoder.hpp"
#include "text/tokenizer.hpp"

namespace minnow::engine {

class AnswerText {
 public:
  // `prompt` is what the answer continues. `logprobs` as in GenerateOptions. Throws Error(invalid_input) for an empty
  // stop string. `tokenizer` must outlive it.
  AnswerText(const text::Tokenizer& tokenizer, std::span<const TokenId> prompt, std::vector<std::string> stop,
             std::optional<std::size_t> logprobs, UncutPart uncut = {});

  // `logits` are those `id` was chosen from; needed for log-probabilities only. `show_control`: a control token is part
  // of the text.
  TokenOutput add(TokenId id, std::span<const float> logits, bool show_control = false);
  bool stopped() const { return stops_.found(); }
  // The text that was held back, now that nothing more comes.
  std::string finish();

 private:
  const text::Tokenizer& tokenizer_;
  text::StreamDecoder stream_;
  StopMatcher stops_;
  std::optional<std::size_t> logprobs_;
};

}  // namespace minnow::engine
