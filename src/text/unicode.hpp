// Unicode as tokenizers see it: UTF-8 in and out, and the few properties of characters they ask for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace minnow::text {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// What decode_utf8 found at a position. `length` is never 0; for ill-formed bytes it spans the longest part that
// could have begun a character (Unicode's "maximal subpart"), which becomes one U+FFFD.
struct Utf8Step {
  char32_t code_point = kReplacementCharacter;
  std::uint8_t length = 1;
  bool valid = false;
  bool truncated = false;  // well-formed so far, but the text ends inside the character
};

// Precondition: position < text.size().
Utf8Step decode_utf8(std::string_view text, std::size_t position);
void append_utf8(std::string& text, char32_t code_point);
bool is_valid_utf8(std::string_view text);
// Every maximal ill-formed part replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

// Properties of one character, as bits.
using Kinds = std::uint8_t;
inline constexpr Kinds kLetter = 1;        // \p{L}
inline constexpr Kinds kNumber = 2;        // \p{N}
inline constexpr Kinds kSpace = 4;         // White_Space
inline constexpr Kinds kLineBreak = 8;     // \r and \n
inline constexpr Kinds kUpperLike = 16;    // Lu Lt Lm Lo M: may begin a word written in capitals
inline constexpr Kinds kLowerLike = 32;    // Ll Lm Lo M: may end a word
inline constexpr Kinds kPunctuation = 64;  // \p{P}
inline constexpr Kinds kMark = 128;        // \p{M}

Kinds kinds_of(char32_t code_point);

// A text taken apart into characters. Offsets are bytes, and there is one more than there are characters.
// Precondition: the text is valid UTF-8 of less than 4 GiB, and outlives this.
struct Characters {
  explicit Characters(std::string_view text);

  std::size_t size() const { return code_points.size(); }
  bool is(std::size_t index, Kinds any) const { return (kinds[index] & any) != 0; }

  std::string_view text;
  std::vector<char32_t> code_points;
  std::vector<Kinds> kinds;
  std::vector<std::uint32_t> offsets;
};

}  // namespace minnow::text
