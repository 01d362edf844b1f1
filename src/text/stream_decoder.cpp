#include "text/stream_decoder.hpp"

#include "text/unicode.hpp"

namespace minnow::text {

StreamDecoder::StreamDecoder(const Tokenizer& tokenizer, bool at_start)
    : tokenizer_(&tokenizer), at_start_(at_start && tokenizer.drops_leading_space()) {}

std::string StreamDecoder::add(TokenId token, bool show_control) {
  const std::string part = tokenizer_->piece(token, show_control);
  const bool drop = at_start_ && part.starts_with(' ');
  at_start_ = at_start_ && part.empty();
  pending_.append(part, drop ? 1 : 0);

  // Only the last character can be unfinished, and its bytes then reach to the end.
  std::string complete;
  std::size_t position = 0;
  while (position < pending_.size()) {
    const Utf8Step step = decode_utf8(pending_, position);
    if (step.truncated) break;
    append_utf8(complete, step.code_point);
    position += step.length;
  }
  pending_.erase(0, position);
  return complete;
}

std::string StreamDecoder::finish() {
  std::string rest = replace_invalid_utf8(pending_);
  pending_.clear();
  return rest;
}

}  // namespace minnow::text
