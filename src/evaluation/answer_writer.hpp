// Lets a model answer in its own words, the likeliest token each time.
//
//   AnswerWriter writer(model, {});
//   std::string answer = writer.write(model.tokenize("Question: …\nAnswer:"), {.stop = {"Question:"}});
//
// A prompt that leaves no room for the answer loses its beginning, as in the evaluation harness.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "evaluation/growing_session.hpp"
#include "minnow/minnow.hpp"

namespace minnow::evaluation {

struct WritingOptions {
  std::size_t max_tokens = 256;
  std::vector<std::string> stop{};  // ends the answer and is not part of it
};

class AnswerWriter {
 public:
  AnswerWriter(const Model& model, const ReadingOptions& options) : reader_(model, options) {}

  // Throws Error(invalid_input) for an empty prompt, Error(context_full) when the context holds no more than an answer.
  std::string write(std::span<const TokenId> prompt, const WritingOptions& options);

 private:
  GrowingSession reader_;
};

}  // namespace minnow::evaluation
