// Tokenizers small enough to write down, for tests that need no model.
#pragma once

#include <string>

#include "text/byte_level.hpp"
#include "text/tokenizer.hpp"

namespace minnow::testing {

inline void add_token(text::TokenizerSpec& spec, std::string token, text::TokenType type, float score = 0) {
  spec.tokens.push_back(std::move(token));
  spec.types.push_back(type);
  if (spec.model == "llama") spec.scores.push_back(score);
}

// SentencePiece: <unk> 0, <s> 1, </s> 2, <|end|> 3, [tool] 4 (user-defined), the bytes 5…260, then pieces from 261.
inline text::TokenizerSpec tiny_sentencepiece() {
  using text::TokenType;
  text::TokenizerSpec spec;
  spec.model = "llama";
  add_token(spec, "<unk>", TokenType::unknown);
  add_token(spec, "<s>", TokenType::control);
  add_token(spec, "</s>", TokenType::control);
  add_token(spec, "<|end|>", TokenType::control);
  add_token(spec, "[tool]", TokenType::user_defined);
  const char* digits = "0123456789ABCDEF";
  for (int byte = 0; byte < 256; ++byte) {
    add_token(spec, std::string("<0x") + digits[byte / 16] + digits[byte % 16] + ">", TokenType::byte);
  }
  float score = 0;
  for (const char* piece : {"▁a", "ab", "▁ab", "bc", "▁", "a", "b", "c", "é"}) {
    add_token(spec, piece, TokenType::normal, score -= 1);
  }
  return spec;
}

// Byte-level BPE: the bytes 0…255, "ab" 256, "abc" 257, " a" 258, <|im_end|> 259, [tool] 260 (user-defined).
inline text::TokenizerSpec tiny_byte_level() {
  using text::TokenType;
  text::TokenizerSpec spec;
  spec.model = "gpt2";
  spec.pre = "gpt-2";
  for (int byte = 0; byte < 256; ++byte) {
    const char raw = static_cast<char>(byte);
    add_token(spec, text::to_byte_level({&raw, 1}), TokenType::normal);
  }
  add_token(spec, "ab", TokenType::normal);
  add_token(spec, "abc", TokenType::normal);
  add_token(spec, "Ġa", TokenType::normal);
  add_token(spec, "<|im_end|>", TokenType::control);
  add_token(spec, "[tool]", TokenType::user_defined);
  spec.merges = {"a b", "ab c", "Ġ a"};
  return spec;
}

// WordPiece: [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, then pieces.
inline text::TokenizerSpec tiny_wordpiece() {
  using text::TokenType;
  text::TokenizerSpec spec;
  spec.model = "bert";
  for (const char* name : {"[PAD]", "[UNK]", "[CLS]", "[SEP]"}) add_token(spec, name, TokenType::control);
  for (const char* piece : {"▁un", "aff", "able", "▁the", "▁.", "▁中", "▁,", "▁u"}) {
    add_token(spec, piece, TokenType::normal);
  }
  spec.cls = 2;
  spec.separator = 3;
  return spec;
}

}  // namespace minnow::testing
