#include "text/tokenizer_bpe.hpp"

#include <future>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "text/byte_level.hpp"
#include "text/spaced_text.hpp"
#include "text/unicode.hpp"
#include "text/unicode_normalize.hpp"
#include "text/word_cache.hpp"

namespace minnow::text {
namespace {

const PreTokenizer& require_pre_tokenizer(std::string_view name) {
  const PreTokenizer* found = find_pre_tokenizer(name);
  if (found == nullptr) {
    fail(ErrorCode::unsupported, "tokenizer: the pre-tokenizer \"{}\" (tokenizer.ggml.pre) is not one we know", name);
  }
  return *found;
}

TokenizerSpec with_known_pre_tokenizer(TokenizerSpec spec) {
  require_pre_tokenizer(spec.pre);  // before the long work on the vocabulary
  return spec;
}

std::vector<TokenId> find_byte_level_tokens(const VocabularyIndex& index) {
  std::vector<TokenId> ids;
  for (int byte = 0; byte < 256; ++byte) {
    const char raw = static_cast<char>(byte);
    ids.push_back(index.find(to_byte_level({&raw, 1})).value_or(-1));
  }
  return ids;
}

struct ResolvedMerge {
  std::optional<TokenId> left, right, joined;
};

// The tokens of merges [begin, end). Throws Error(invalid_input).
void resolve_merges(const TokenizerSpec& spec, const VocabularyIndex& index, std::size_t begin, std::size_t end,
                    std::vector<ResolvedMerge>& resolved) {
  std::string joined;
  for (std::size_t i = begin; i < end; ++i) {
    const std::string_view line = spec.merges[i];
    const std::size_t space = line.find(' ', 1);  // a token may be a space itself
    if (space == std::string_view::npos || space + 1 == line.size()) {
      fail(ErrorCode::invalid_input, "tokenizer: merge {} is not two tokens parted by a space", i);
    }
    const std::string_view left = line.substr(0, space), right = line.substr(space + 1);
    joined.assign(left).append(right);
    resolved[i] = {index.find(left), index.find(right), index.find(joined)};
  }
}

}  // namespace

MergeTable read_merges(const TokenizerSpec& spec, const VocabularyIndex& index) {
  // Most of the time a tokenizer takes to make goes into these look-ups: two threads share them.
  const std::size_t size = spec.merges.size();
  std::vector<ResolvedMerge> resolved(size);
  auto second_half = std::async(std::launch::async, [&] { resolve_merges(spec, index, size / 2, size, resolved); });
  resolve_merges(spec, index, 0, size / 2, resolved);
  second_half.get();
  MergeTable table(size);
  for (std::size_t i = 0; i < size; ++i) {
    const auto& [left, right, joined] = resolved[i];
    if (left && right && joined) table.add(*left, *right, {static_cast<std::int32_t>(i), *joined});
  }
  return table;
}

ByteLevelTokenizer::ByteLevelTokenizer(TokenizerSpec spec)
    : Tokenizer(with_known_pre_tokenizer(std::move(spec))),
      pre_tokenizer_(&require_pre_tokenizer(spec_.pre)),
      merges_(read_merges(spec_, index())),
      byte_tokens_(find_byte_level_tokens(index())) {
  spec_.merges = {};
  if (spec_.add_bos.value_or(pre_tokenizer_->adds_bos)) first_ = spec_.bos;
  if (spec_.add_eos.value_or(false)) last_ = spec_.eos;
}

std::string ByteLevelTokenizer::piece(TokenId id, bool show_control) const {
  switch (type(id)) {
    case TokenType::control:
    case TokenType::unknown:
      return show_control ? stored(id) : std::string();
    case TokenType::user_defined:
      return stored(id);
    default:
      return from_byte_level(stored(id));
  }
}

void ByteLevelTokenizer::encode_plain(std::string_view text, bool, std::vector<TokenId>& ids) const {
  std::string composed;
  if (pre_tokenizer_->composes) {
    composed = compose_canonically(text);
    text = composed;
  }
  SymbolMerger merger;
  WordCache cache;
  for (const std::string_view word : pre_tokenizer_->split(text)) {
    cache.append(word, ids, [&](std::string_view fresh) { encode_word(fresh, merger, ids); });
  }
}

std::optional<TokenId> ByteLevelTokenizer::whole_word(std::string_view word) const {
  const auto id = index().find(to_byte_level(word));
  return id && type(*id) == TokenType::normal ? id : std::nullopt;
}

void ByteLevelTokenizer::encode_word(std::string_view word, SymbolMerger& merger, std::vector<TokenId>& ids) const {
  if (pre_tokenizer_->ignore_merges) {
    if (const auto id = whole_word(word)) {
      ids.push_back(*id);
      return;
    }
  }
  merger.clear();
  for (std::size_t i = 0; i < word.size(); ++i) {
    const TokenId id = byte_tokens_[static_cast<unsigned char>(word[i])];
    if (id >= 0) {
      merger.append(i, 1, id);
    } else if (spec_.unknown) {
      merger.append(i, 1, *spec_.unknown);
    }
  }
  merger.merge([&](const Symbol& left, const Symbol& right) { return merges_.find(left.id, right.id); });
  for (const Symbol& symbol : merger.symbols()) {
    if (symbol.length > 0) ids.push_back(symbol.id);
  }
}

SpacedBpeTokenizer::SpacedBpeTokenizer(TokenizerSpec spec)
    : Tokenizer(std::move(spec)),
      adds_space_(spec_.add_space_prefix.value_or(false)),
      splits_at_spaces_(words_begin_with_space(spec_)),
      merges_(read_merges(spec_, index())),
      byte_tokens_(find_byte_tokens(spec_)) {
  spec_.merges = {};
  if (spec_.add_bos.value_or(true)) first_ = spec_.bos;
  if (spec_.add_eos.value_or(false)) last_ = spec_.eos;
}

std::string SpacedBpeTokenizer::piece(TokenId id, bool show_control) const {
  switch (type(id)) {
    case TokenType::byte:
      return byte_of(stored(id));
    case TokenType::control:
    case TokenType::unknown:
      return show_control ? stored(id) : std::string();
    case TokenType::user_defined:
      return stored(id);
    default:
      return unescape_spaces(stored(id));
  }
}

void SpacedBpeTokenizer::encode_plain(std::string_view text, bool at_start, std::vector<TokenId>& ids) const {
  std::string spaced(text);
  if (adds_space_ && at_start) spaced.insert(spaced.begin(), ' ');
  const std::string escaped = escape_spaces(spaced);
  const auto words = splits_at_spaces_ ? split_words(escaped) : std::vector<std::string_view>{escaped};
  SymbolMerger merger;
  WordCache cache;
  for (const std::string_view word : words) {
    cache.append(word, ids, [&](std::string_view fresh) { encode_word(fresh, merger, ids); });
  }
}

void SpacedBpeTokenizer::encode_word(std::string_view word, SymbolMerger& merger, std::vector<TokenId>& ids) const {
  merger.clear();
  for (std::size_t i = 0; i < word.size();) {
    const std::size_t length = decode_utf8(word, i).length;
    const auto id = index().find(word.substr(i, length));
    merger.append(i, length, id && type(*id) == TokenType::normal ? *id : -1);
    i += length;
  }
  merger.merge([&](const Symbol& left, const Symbol& right) -> std::optional<Merge> {
    if (left.id < 0 || right.id < 0) return std::nullopt;
    return merges_.find(left.id, right.id);
  });
  const std::size_t word_begin = ids.size();
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
