// SentencePiece's BPE ("llama"): spaces become ▁, and neighbours merge into the piece with the best score. What no
// piece covers is spelled in byte tokens.
#pragma once

#include "text/symbol_merger.hpp"
#include "text/tokenizer.hpp"

namespace minnow::text {

class SentencePieceTokenizer : public Tokenizer {
 public:
  explicit SentencePieceTokenizer(TokenizerSpec spec);

  std::string piece(TokenId id, bool show_control) const override;
  bool drops_leading_space() const override { return adds_space_; }

 protected:
  void encode_plain(std::string_view text, bool at_start, std::vector<TokenId>& ids) const override;

 private:
  void encode_word(std::string_view word, SymbolMerger& merger, std::vector<TokenId>& ids) const;

  bool adds_space_;
  bool splits_at_spaces_;  // no piece holds a ▁ after another character, so words can be merged one by one
  std::vector<TokenId> byte_tokens_;
};

}  // namespace minnow::text
