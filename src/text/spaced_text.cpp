#include "text/spaced_text.hpp"

#include <algorithm>

namespace minnow::text {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The value of "<0xHH>", -1 for any other text.
int byte_value(std::string_view stored) {
  if (stored.size() != 6 || !stored.starts_with("<0x") || stored[5] != '>') return -1;
  const int high = hex_digit(stored[3]), low = hex_digit(stored[4]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  std::size_t position = 0;
  for (std::size_t found = text.find(from); found != std::string_view::npos; found = text.find(from, position)) {
    out.append(text.substr(position, found - position)).append(to);
    position = found + from.size();
  }
  return out.append(text.substr(position));
}

// Where the next word begins: a ▁ whose predecessor is another character.
std::size_t next_word(std::string_view text, std::size_t begin) {
  std::size_t position = begin;
  while (text.substr(position).starts_with(kSpaceMark)) position += kSpaceMark.size();
  return std::min(text.find(kSpaceMark, position), text.size());
}

}  // namespace

std::string escape_spaces(std::string_view text) { return replace_all(text, " ", kSpaceMark); }
std::string unescape_spaces(std::string_view text) { return replace_all(text, kSpaceMark, " "); }

bool words_begin_with_space(const TokenizerSpec& spec) {
  for (std::size_t i = 0; i < spec.tokens.size(); ++i) {
    const bool merges = spec.types[i] == TokenType::normal || spec.types[i] == TokenType::unused;
    if (merges && next_word(spec.tokens[i], 0) != spec.tokens[i].size()) return false;
  }
  return true;
}

std::vector<std::string_view> split_words(std::string_view escaped) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin < escaped.size();) {
    const std::size_t end = next_word(escaped, begin);
    words.push_back(escaped.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

std::vector<TokenId> find_byte_tokens(const TokenizerSpec& spec) {
  std::vector<TokenId> ids(256, -1);
  for (std::size_t i = 0; i < spec.tokens.size(); ++i) {
    const int value = spec.types[i] == TokenType::byte ? byte_value(spec.tokens[i]) : -1;
    if (value >= 0 && ids[static_cast<std::size_t>(value)] < 0)
      ids[static_cast<std::size_t>(value)] = static_cast<TokenId>(i);
  }
  return ids;
}

std::string byte_of(std::string_view stored) {
  const int value = byte_value(stored);
  return value < 0 ? std::string(stored) : std::string(1, static_cast<char>(value));
}

void append_fallback(std::string_view character, std::span<const TokenId> byte_tokens,
                     const std::optional<TokenId>& unknown, std::size_t word_begin, std::vector<TokenId>& ids) {
  const auto token_of = [&](char c) { return byte_tokens[static_cast<unsigned char>(c)]; };
  if (std::all_of(character.begin(), character.end(), [&](char c) { return token_of(c) >= 0; })) {
    for (const char c : character) ids.push_back(token_of(c));
  } else if (unknown && (ids.size() == word_begin || ids.back() != *unknown)) {
    ids.push_back(*unknown);
  }
}

}  // namespace minnow::text
