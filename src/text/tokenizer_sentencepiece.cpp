#include "text/tokenizer_sentencepiece.hpp"

#include <bit>
#include <utility>

#include "base/error.hpp"
#include "text/spaced_text.hpp"
#include "text/unicode.hpp"
#include "text/word_cache.hpp"

namespace minnow::text {
namespace {

// Scores as integers of the same order reversed: the best score is the lowest.
std::int32_t order_of(float score) {
  const auto bits = std::bit_cast<std::int32_t>(score + 0.0f);  // -0 and 0 are one score
  return ~(bits < 0 ? bits ^ 0x7FFFFFFF : bits);
}

// As SentencePiece does when told to: runs of spaces become one, those at the ends none.
std::string remove_extra_spaces(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out.push_back(c);
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// Files may leave these unnamed; SentencePiece calls them so.
void name_special_tokens(TokenizerSpec& spec) {
  const auto find = [&](std::string_view token) -> std::optional<TokenId> {
    // They come first in every such vocabulary.
    for (std::size_t i = 0; i < spec.tokens.size() && i < 8; ++i) {
      if (spec.tokens[i] == token) return static_cast<TokenId>(i);
    }
    return std::nullopt;
  };
  if (!spec.bos) spec.bos = find("<s>");
  if (!spec.eos) spec.eos = find("</s>");
  if (!spec.unknown) spec.unknown = find("<unk>");
}

TokenizerSpec prepared(TokenizerSpec spec) {
  name_special_tokens(spec);
  return spec;
}

}  // namespace

SentencePieceTokenizer::SentencePieceTokenizer(TokenizerSpec spec) : Tokenizer(prepared(std::move(spec))) {
  if (spec_.scores.empty()) {
    fail(ErrorCode::invalid_input, "tokenizer: a \"{}\" vocabulary needs a score for each token, and has none",
         spec_.model);
  }
  adds_space_ = spec_.add_space_prefix.value_or(true);
  splits_at_spaces_ = words_begin_with_space(spec_);
  byte_tokens_ = find_byte_tokens(spec_);
  if (spec_.add_bos.value_or(true)) first_ = spec_.bos;
  if (spec_.add_eos.value_or(false)) last_ = spec_.eos;
}

std::string SentencePieceTokenizer::piece(TokenId id, bool show_control) const {
  switch (type(id)) {
    case TokenType::byte:
      return byte_of(stored(id));
    case TokenType::control:
    case TokenType::unknown:
      return show_control ? stored(id) : std::string();
    default:
      return unescape_spaces(stored(id));
  }
}

void SentencePieceTokenizer::encode_plain(std::string_view text, bool at_start, std::vector<TokenId>& ids) const {
  std::string spaced = spec_.remove_extra_whitespaces.value_or(false) ? remove_extra_spaces(text) : std::string(text);
  if (spaced.empty()) return;
  if (adds_space_ && at_start) spaced.insert(spaced.begin(), ' ');
  const std::string escaped = escape_spaces(spaced);
  const auto words = splits_at_spaces_ ? split_words(escaped) : std::vector<std::string_view>{escaped};

  SymbolMerger merger;
  WordCache cache;
  for (const std::string_view word : words) {
    cache.append(word, ids, [&](std::string_view fresh) { encode_word(fresh, merger, ids); });
  }
}

void SentencePieceTokenizer::encode_word(std::string_view word, SymbolMerger& merger, std::vector<TokenId>& ids) const {
  const auto mergeable = [&](std::string_view text) -> TokenId {
    const auto id = index().find(text);
    const bool usable = id && (type(*id) == TokenType::normal || type(*id) == TokenType::user_defined ||
                               type(*id) == TokenType::unused);
    return usable ? *id : -1;
  };
  const std::size_t word_begin = ids.size();
  merger.clear();
  for (std::size_t i = 0; i < word.size();) {
    const std::size_t length = decode_utf8(word, i).length;
    merger.append(i, length, mergeable(word.substr(i, length)));
    i += length;
  }
  merger.merge([&](const Symbol& left, const Symbol& right) -> std::optional<Merge> {
    const TokenId id = mergeable(word.substr(left.begin, left.length + right.length));
    if (id < 0) return std::nullopt;
    return Merge{order_of(spec_.scores[static_cast<std::size_t>(id)]), id};
  });
  for (const Symbol& symbol : merger.symbols()) {
    if (symbol.length == 0) continue;
    if (symbol.id >= 0) {
      ids.push_back(symbol.id);
    } else {
      append_fallback(word.substr(symbol.begin, symbol.length), byte_tokens_, spec_.unknown, word_begin, ids);
    }
  }
}

}  // namespace minnow::text
