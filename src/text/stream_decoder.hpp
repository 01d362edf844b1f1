// Turns generated tokens into text as they come, never emitting half a UTF-8 character.
//
//   StreamDecoder stream(tokenizer);
//   while (auto token = next()) out << stream.add(*token);
//   out << stream.finish();
#pragma once

#include <string>

#include "text/tokenizer.hpp"

namespace minnow::text {

class StreamDecoder {
 public:
  // `tokenizer` must outlive the decoder. `at_start`: the first token begins the text, so SentencePiece's
  // leading space is dropped.
  explicit StreamDecoder(const Tokenizer& tokenizer, bool at_start = false);

  // The characters that are complete now; bytes that can't become a character come out as U+FFFD.
  std::string add(TokenId token, bool show_control = false);
  // What is left of a broken character, as U+FFFD.
  std::string finish();

 private:
  const Tokenizer* tokenizer_;
  bool at_start_;
  std::string pending_;
};

}  // namespace minnow::text
