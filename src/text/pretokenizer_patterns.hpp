// The patterns that pre-tokenizers are made of. Each finds its leftmost match within [begin, end) of the
// characters, and returns {end, end} when there is none. All take linear time over a whole text.
#pragma once

#include <cstddef>

#include "text/unicode.hpp"

namespace minnow::text {

struct CharacterRange {
  std::size_t begin, end;
};

using Pattern = CharacterRange (*)(const Characters&, std::size_t begin, std::size_t end);

// GPT-2: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
CharacterRange match_gpt2_word(const Characters&, std::size_t begin, std::size_t end);

// cl100k: (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|
// \s+(?!\S)|\s+ ; the second takes digits one by one.
CharacterRange match_cl100k_word(const Characters&, std::size_t begin, std::size_t end);
CharacterRange match_cl100k_word_single_digits(const Characters&, std::size_t begin, std::size_t end);

// o200k: as cl100k, but a word changes from capitals to small letters once, keeps its marks, takes a contraction as
// its ending, and punctuation takes a following /. Tekken has no contractions and takes digits one by one.
CharacterRange match_o200k_word(const Characters&, std::size_t begin, std::size_t end);
CharacterRange match_tekken_word(const Characters&, std::size_t begin, std::size_t end);

CharacterRange match_line_break(const Characters&, std::size_t begin, std::size_t end);             // [\r\n]
CharacterRange match_digit(const Characters&, std::size_t begin, std::size_t end);                  // \p{N}
CharacterRange match_digits(const Characters&, std::size_t begin, std::size_t end);                 // \p{N}+
CharacterRange match_three_ascii_digits(const Characters&, std::size_t begin, std::size_t end);     // [0-9][0-9][0-9]
CharacterRange match_spaced_letters(const Characters&, std::size_t begin, std::size_t end);         // \s?\p{L}+
CharacterRange match_spaced_punctuation(const Characters&, std::size_t begin, std::size_t end);     // \s?\p{P}+
CharacterRange match_punctuation_and_signs(const Characters&, std::size_t begin, std::size_t end);  // [\p{P}$+<=>^~|]+
CharacterRange match_spaced_cased_letters(const Characters&, std::size_t begin, std::size_t end);   // DeepSeek's list
CharacterRange match_spaced_signs(const Characters&, std::size_t begin, std::size_t end);           // DeepSeek's list
CharacterRange match_trailing_space(const Characters&, std::size_t begin, std::size_t end);         // \s+$
CharacterRange match_east_asian(const Characters&, std::size_t begin, std::size_t end);  // [一-龥ࠀ-一가-퟿]+

}  // namespace minnow::text
