#include "text/tokenizer_wordpiece.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

#include "text/spaced_text.hpp"
#include "text/unicode.hpp"
#include "text/unicode_normalize.hpp"
#include "text/vocabulary_index.hpp"

namespace minnow::text {
namespace {

constexpr std::size_t kLongestWordCharacters = 100;  // BERT calls longer words [UNK] without looking

utf8proc_category_t category(char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

bool is_dropped(char32_t c) {
  if (c == '\t' || c == '\n' || c == '\r') return false;
  if (c == 0 || c == kReplacementCharacter) return true;
  const auto kind = category(c);
  return kind == UTF8PROC_CATEGORY_CC || kind == UTF8PROC_CATEGORY_CF || kind == UTF8PROC_CATEGORY_CO;
}

bool is_punctuation(char32_t c) {
  // All visible ASCII signs count, "$" and "+" too.
  const bool ascii_sign =
      (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
  return ascii_sign || (kinds_of(c) & kPunctuation) != 0;
}

// The blocks BERT sets apart, with the gap its reference implementation has before U+2B920.
bool is_chinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

// Drops control characters and puts spaces around Chinese ones. Before decomposing, which would move some of them
// out of the blocks above.
std::string clean(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = decode_utf8(text, i);
    i += step.length;
    const char32_t c = step.code_point;
    if (is_dropped(c)) continue;
    const bool alone = is_chinese(c);
    if (alone) out.push_back(' ');
    append_utf8(out, c);
    if (alone) out.push_back(' ');
  }
  return out;
}

TokenizerSpec with_unknown(TokenizerSpec spec) {
  if (!spec.unknown) {
    const auto found = std::find(spec.tokens.begin(), spec.tokens.end(), "[UNK]");
    if (found != spec.tokens.end()) spec.unknown = static_cast<TokenId>(found - spec.tokens.begin());
  }
  return spec;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::vector<std::string> bert_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  for (const char32_t c : decompose_canonically(clean(text))) {
    if (category(c) == UTF8PROC_CATEGORY_MN) continue;
    const auto lower = static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
    const bool alone = is_punctuation(lower);
    if (alone || (kinds_of(lower) & kSpace) != 0) finish();
    if ((kinds_of(lower) & kSpace) == 0) append_utf8(word, lower);
    if (alone) finish();
  }
  finish();
  return words;
}

WordPieceTokenizer::WordPieceTokenizer(TokenizerSpec spec) : Tokenizer(with_unknown(std::move(spec))) {
  if (spec_.add_bos.value_or(true)) first_ = spec_.cls ? spec_.cls : spec_.bos;
  if (spec_.add_eos.value_or(true)) last_ = spec_.separator ? spec_.separator : spec_.eos;
}

std::string WordPieceTokenizer::piece(TokenId id, bool show_control) const {
  const std::string& text = stored(id);
  if (is_control(id) || type(id) == TokenType::unknown) return show_control ? " " + text : std::string();
  if (!text.starts_with(kSpaceMark)) return text.starts_with('[') ? " " + text : text;
  std::string spaced = unescape_spaces(text);
  // The reference closes the gap before these.
  const bool closes = spaced == " ." || spaced == " ?" || spaced == " !" || spaced == " ,";
  return closes ? spaced.substr(1) : spaced;
}

void WordPieceTokenizer::encode_plain(std::string_view text, bool, std::vector<TokenId>& ids) const {
  for (const std::string& word : bert_words(text)) encode_word(word, ids);
}

void WordPieceTokenizer::encode_word(std::string_view word, std::vector<TokenId>& ids) const {
  const std::size_t word_begin = ids.size();
  const std::string marked = std::string(kSpaceMark).append(word);
  const std::string_view text = marked;
  std::size_t begin = count_characters(word) > kLongestWordCharacters ? text.size() + 1 : 0;
  while (begin < text.size()) {
    std::size_t end = std::min(text.size(), begin + index().longest_token_bytes());
    // A ▁ in the text itself must not be taken for the mark of a word's beginning.
    const bool stray_mark = begin > 0 && text.substr(begin).starts_with(kSpaceMark);
    std::optional<TokenId> id;
    for (const std::size_t least = begin == 0 ? kSpaceMark.size() : begin; end > least && !stray_mark; --end) {
      id = index().find(text.substr(begin, end - begin));
      if (id) break;
    }
    if (!id) break;
    ids.push_back(*id);
    begin = end;
  }
  if (begin == text.size()) return;
  ids.resize(word_begin);
  if (spec_.unknown) ids.push_back(*spec_.unknown);
}

}  // namespace minnow::text
