// BPE with a list of merges, in its two forms: over bytes written as printable characters ("gpt2"), and over
// characters with spaces as ▁ and bytes as fallback ("gemma4").
#pragma once

#include <memory>

#include "text/pretokenizer.hpp"
#include "text/symbol_merger.hpp"
#include "text/tokenizer.hpp"
#include "text/vocabulary_index.hpp"

namespace minnow::text {

// Reads "left right" lines. Merges of texts that are no tokens are passed over, as they can never apply.
MergeTable read_merges(const TokenizerSpec& spec, const VocabularyIndex& index);

class ByteLevelTokenizer : public Tokenizer {
 public:
  explicit ByteLevelTokenizer(TokenizerSpec spec);  // throws Error(unsupported) for a pre-tokenizer we don't know

  std::string piece(TokenId id, bool show_control) const override;

 protected:
  void encode_plain(std::string_view text, bool at_start, std::vector<TokenId>& ids) const override;

 private:
  void encode_word(std::string_view word, SymbolMerger& merger, std::vector<TokenId>& ids) const;
  std::optional<TokenId> whole_word(std::string_view word) const;

  const PreTokenizer* pre_tokenizer_;
  MergeTable merges_;
  std::vector<TokenId> byte_tokens_;  // -1 where the vocabulary lacks one
};

class SpacedBpeTokenizer : public Tokenizer {
 public:
  explicit SpacedBpeTokenizer(TokenizerSpec spec);

  std::string piece(TokenId id, bool show_control) const override;
  bool drops_leading_space() const override { return adds_space_; }

 protected:
  void encode_plain(std::string_view text, bool at_start, std::vector<TokenId>& ids) const override;

 private:
  void encode_word(std::string_view word, SymbolMerger& merger, std::vector<TokenId>& ids) const;

  bool adds_space_;
  bool splits_at_spaces_;
  MergeTable merges_;
  std::vector<TokenId> byte_tokens_;
};

}  // namespace minnow::text
