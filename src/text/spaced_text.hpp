// What the vocabularies that write spaces as ▁ (U+2581) have in common.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.hpp"

namespace minnow::text {

inline constexpr std::string_view kSpaceMark = "\xE2\x96\x81";

std::string escape_spaces(std::string_view text);    // ' ' -> ▁
std::string unescape_spaces(std::string_view text);  // ▁ -> ' '

// Whether no token holds a ▁ after another character: then no merge crosses a ▁ that follows a word.
bool words_begin_with_space(const TokenizerSpec& spec);
// Cuts an escaped text before every ▁ that follows another character.
std::vector<std::string_view> split_words(std::string_view escaped);

// The id of "<0x00>"…"<0xFF>" for each byte, -1 where the vocabulary has none.
std::vector<TokenId> find_byte_tokens(const TokenizerSpec& spec);
// The byte that "<0x0A>" stands for.
std::string byte_of(std::string_view stored);
// Appends the byte tokens of `character`, or where one is missing the unknown token: once for a run of them in the
// word whose ids begin at `word_begin`.
void append_fallback(std::string_view character, std::span<const TokenId> byte_tokens,
                     const std::optional<TokenId>& unknown, std::size_t word_begin, std::vector<TokenId>& ids);

}  // namespace minnow::text
