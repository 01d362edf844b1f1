#include "text/unicode_normalize.hpp"

#include <utf8proc.h>

#include <algorithm>

#include "text/unicode.hpp"

namespace minnow::text {
namespace {

// The longest canonical decomposition of one character is 4 characters; utf8proc asks for room first.
constexpr int kLongestDecomposition = 16;

int combining_class(char32_t c) {
  return c < 0x300 ? 0 : utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
}

void append_decomposed(std::vector<char32_t>& out, char32_t c) {
  if (c < 0xC0) {
    out.push_back(c);
    return;
  }
  utf8proc_int32_t parts[kLongestDecomposition];
  int boundary = 0;
  const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, kLongestDecomposition,
                                             UTF8PROC_DECOMPOSE, &boundary);
  if (count <= 0 || count > kLongestDecomposition) {
    out.push_back(c);
    return;
  }
  for (utf8proc_ssize_t i = 0; i < count; ++i) out.push_back(static_cast<char32_t>(parts[i]));
}

// Canonical ordering: within each run of marks, by combining class, equal ones staying in place.
void order_marks(std::vector<char32_t>& characters) {
  const auto is_mark = [](char32_t c) { return combining_class(c) != 0; };
  auto begin = characters.begin();
  while (begin != characters.end()) {
    begin = std::find_if(begin, characters.end(), is_mark);
    const auto end = std::find_if_not(begin, characters.end(), is_mark);
    std::stable_sort(begin, end, [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
    begin = end;
  }
}

}  // namespace

std::vector<char32_t> decompose_canonically(std::string_view text) {
  std::vector<char32_t> characters;
  characters.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = decode_utf8(text, i);
    append_decomposed(characters, step.code_point);
    i += step.length;
  }
  order_marks(characters);
  return characters;
}

std::string compose_canonically(std::string_view text) {
  // Nothing below U+0300 combines with anything, and nothing below it decomposes and stays apart.
  const bool is_latin1 =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0xCC; });
  if (is_latin1) return std::string(text);
  const std::vector<char32_t> parts = decompose_canonically(text);
  std::vector<utf8proc_int32_t> composed(parts.begin(), parts.end());
  const auto count = utf8proc_normalize_utf32(composed.data(), static_cast<utf8proc_ssize_t>(composed.size()),
                                              static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  std::string out;
  out.reserve(text.size());
  for (utf8proc_ssize_t i = 0; i < count; ++i)
    append_utf8(out, static_cast<char32_t>(composed[static_cast<std::size_t>(i)]));
  return out;
}

}  // namespace minnow::text
