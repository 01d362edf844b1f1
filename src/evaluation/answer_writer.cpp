#include "evaluation/answer_writer.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace minnow::evaluation {

std::string AnswerWriter::write(std::span<const TokenId> prompt, const WritingOptions& options) {
  if (reader_.limit() <= options.max_tokens) {
    fail(ErrorCode::context_full, "a context of {} tokens has no room for a question and an answer of {}",
         reader_.limit(), options.max_tokens);
  }
  prompt = prompt.last(std::min(prompt.size(), reader_.limit() - options.max_tokens));
  Session& session = reader_.with_room(prompt.size() + options.max_tokens);
  const std::size_t known = reader_.keep_common(prompt);
  return session.generate(prompt.subspan(known), {.max_tokens = options.max_tokens, .stop = options.stop}).text;
}

}  // namespace minnow::evaluation
