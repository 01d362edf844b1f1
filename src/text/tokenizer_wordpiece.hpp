// BERT's WordPiece: a text is cleaned, lower-cased, stripped of accents and cut at spaces, punctuation and Chinese
// characters; then each word is covered by the longest pieces from the left, or is [UNK].
//
// GGUF stores a piece that begins a word as "▁piece" and one that goes on as "piece".
#pragma once

#include "text/tokenizer.hpp"

namespace minnow::text {

class WordPieceTokenizer : public Tokenizer {
 public:
  explicit WordPieceTokenizer(TokenizerSpec spec);

  std::string piece(TokenId id, bool show_control) const override;
  bool drops_leading_space() const override { return true; }

 protected:
  void encode_plain(std::string_view text, bool at_start, std::vector<TokenId>& ids) const override;

 private:
  void encode_word(std::string_view word, std::vector<TokenId>& ids) const;
};

// The words of `text` as BERT's normalizer and pre-tokenizer cut them. Precondition: valid UTF-8.
std::vector<std::string> bert_words(std::string_view text);

}  // namespace minnow::text
