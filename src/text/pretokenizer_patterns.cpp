#include "text/pretokenizer_patterns.hpp"

#include <algorithm>
#include <iterator>

namespace minnow::text {
namespace {

struct Interval {
  char32_t first, last;
};

// The letters with case that DeepSeek-LLM's published pre-tokenizer lists (Unicode 12's Lu, Ll and Lt, less some).
constexpr Interval kCasedLetters[] = {
    {'A', 'Z'},         {'a', 'z'},         {0xB5, 0xB5},       {0xC0, 0xD6},       {0xD8, 0xF6},
    {0xF8, 0x1BA},      {0x1BC, 0x1BF},     {0x1C4, 0x293},     {0x295, 0x2AF},     {0x370, 0x373},
    {0x376, 0x377},     {0x37B, 0x37D},     {0x37F, 0x37F},     {0x386, 0x386},     {0x388, 0x38A},
    {0x38C, 0x38C},     {0x38E, 0x3A1},     {0x3A3, 0x3F5},     {0x3F7, 0x481},     {0x48A, 0x52F},
    {0x531, 0x556},     {0x10A0, 0x10C5},   {0x13A0, 0x13F5},   {0x13F8, 0x13FD},   {0x1C90, 0x1CBA},
    {0x1CBD, 0x1CBF},   {0x1D00, 0x1D2B},   {0x1D6B, 0x1D77},   {0x1D79, 0x1D9A},   {0x1E00, 0x1F15},
    {0x1F18, 0x1F1D},   {0x1F20, 0x1F45},   {0x1F48, 0x1F4D},   {0x1F50, 0x1F57},   {0x1F59, 0x1F59},
    {0x1F5B, 0x1F5B},   {0x1F5D, 0x1F5D},   {0x1F5F, 0x1F7D},   {0x1F80, 0x1FB4},   {0x1FB6, 0x1FBC},
    {0x1FBE, 0x1FBE},   {0x1FC2, 0x1FC4},   {0x1FC6, 0x1FCC},   {0x1FD0, 0x1FD3},   {0x1FD6, 0x1FDB},
    {0x1FE0, 0x1FEC},   {0x1FF2, 0x1FF4},   {0x1FF6, 0x1FFC},   {0x2102, 0x2102},   {0x2107, 0x2107},
    {0x210A, 0x2113},   {0x2115, 0x2115},   {0x2119, 0x211D},   {0x2124, 0x2124},   {0x2126, 0x2126},
    {0x2128, 0x2128},   {0x212A, 0x212D},   {0x212F, 0x2134},   {0x2139, 0x2139},   {0x213C, 0x213F},
    {0x2145, 0x2149},   {0x214E, 0x214E},   {0x2183, 0x2184},   {0x2C00, 0x2C7B},   {0x2C7E, 0x2CE4},
    {0x2CEB, 0x2CEE},   {0x2CF2, 0x2CF3},   {0xA640, 0xA66D},   {0xA680, 0xA69B},   {0xA722, 0xA76F},
    {0xA771, 0xA787},   {0xA78B, 0xA78E},   {0xAB70, 0xABBF},   {0xFB00, 0xFB06},   {0xFB13, 0xFB17},
    {0xFF21, 0xFF3A},   {0xFF41, 0xFF5A},   {0x10400, 0x1044F}, {0x104B0, 0x104D3}, {0x104D8, 0x104FB},
    {0x10C80, 0x10CB2}, {0x10CC0, 0x10CF2}, {0x118A0, 0x118DF}, {0x1E900, 0x1E943},
};
constexpr Interval kSigns[] = {{'!', '/'},       {':', '~'},       {0x2018, 0x201F},
                               {0x3000, 0x3002}, {0xFF01, 0xFF0F}, {0xFF1A, 0xFF5E}};
constexpr Interval kEastAsian[] = {{0x800, 0x9FA5}, {0xAC00, 0xD7FF}};

template <std::size_t size>
bool within(const Interval (&sorted)[size], char32_t c) {
  const auto* place = std::upper_bound(std::begin(sorted), std::end(sorted), c,
                                       [](char32_t value, const Interval& interval) { return value < interval.first; });
  return place != std::begin(sorted) && c <= std::prev(place)->last;
}

// The end of the run from `begin` of characters that have one of `kinds`, or have none of them.
std::size_t run_of(const Characters& text, std::size_t begin, std::size_t end, Kinds kinds) {
  while (begin < end && text.is(begin, kinds)) ++begin;
  return begin;
}
std::size_t run_without(const Characters& text, std::size_t begin, std::size_t end, Kinds kinds) {
  while (begin < end && !text.is(begin, kinds)) ++begin;
  return begin;
}

// The leftmost \s?X+ (or X+), where X is what `belongs` accepts.
template <typename Belongs>
CharacterRange find_run(const Characters& text, std::size_t begin, std::size_t end, bool with_space,
                        const Belongs& belongs) {
  std::size_t first = begin;
  while (first < end && !belongs(first)) ++first;
  if (first == end) return {end, end};
  std::size_t last = first;
  while (last < end && belongs(last)) ++last;
  const bool takes_space = with_space && first > begin && text.is(first - 1, kSpace);
  return {takes_space ? first - 1 : first, last};
}

bool is_contraction_letter(char32_t c, char32_t letter, bool any_case) {
  if (c == letter) return true;
  // U+017F, the long s, is an s to a pattern that ignores case.
  return any_case && (c == letter - 'a' + 'A' || (letter == 's' && c == 0x17F));
}

// The length of 's 't 're 've 'm 'll 'd at `begin`, 0 if there is none.
std::size_t contraction_length(const Characters& text, std::size_t begin, std::size_t end, bool any_case) {
  if (begin + 1 >= end || text.code_points[begin] != '\'') return 0;
  const auto is = [&](std::size_t offset, char32_t letter) {
    return begin + offset < end && is_contraction_letter(text.code_points[begin + offset], letter, any_case);
  };
  for (const char32_t letter : {U's', U't', U'm', U'd'}) {
    if (is(1, letter)) return 2;
  }
  const bool two = (is(1, 'r') && is(2, 'e')) || (is(1, 'v') && is(2, 'e')) || (is(1, 'l') && is(2, 'l'));
  return two ? 3 : 0;
}

// \s+(?!\S)|\s+ : spaces, leaving the last one to the word that follows. Precondition: a space at `begin`.
std::size_t spaces_end(const Characters& text, std::size_t begin, std::size_t end) {
  const std::size_t last = run_of(text, begin, end, kSpace);
  return last == end || last == begin + 1 ? last : last - 1;
}

// \s*[\r\n]+|\s+(?!\S)|\s+ : the same, but up to the last line break where there is one.
std::size_t spaces_or_lines_end(const Characters& text, std::size_t begin, std::size_t end) {
  std::size_t last_break = begin;
  std::size_t last = begin;
  for (; last < end && text.is(last, kSpace); ++last) {
    if (text.is(last, kLineBreak)) last_break = last + 1;
  }
  if (last_break > begin) return last_break;
  return last == end || last == begin + 1 ? last : last - 1;
}

// ` ?[^\s\p{L}\p{N}]+` and whatever of `line_breaks` and slashes follows; `begin` when there is no such run.
std::size_t symbols_end(const Characters& text, std::size_t begin, std::size_t end, bool line_breaks, bool slashes) {
  const std::size_t first = text.code_points[begin] == ' ' ? begin + 1 : begin;
  std::size_t last = run_without(text, first, end, kSpace | kLetter | kNumber);
  if (last == first) return begin;
  while (last < end && ((line_breaks && text.is(last, kLineBreak)) || (slashes && text.code_points[last] == '/')))
    ++last;
  return last;
}

std::size_t digits_end(const Characters& text, std::size_t begin, std::size_t end, std::size_t at_most) {
  return run_of(text, begin, std::min(end, begin + at_most), kNumber);
}

// [^\r\n\p{L}\p{N}]?\p{L}+ ; `begin` when there is none.
std::size_t cl100k_letters_end(const Characters& text, std::size_t begin, std::size_t end) {
  const bool prefixed = !text.is(begin, kLineBreak | kLetter | kNumber);
  const std::size_t first = prefixed ? begin + 1 : begin;
  const std::size_t last = run_of(text, first, end, kLetter);
  return last == first ? begin : last;
}

std::size_t cl100k_end(const Characters& text, std::size_t begin, std::size_t end, std::size_t digits) {
  if (const std::size_t length = contraction_length(text, begin, end, true)) return begin + length;
  if (const std::size_t last = cl100k_letters_end(text, begin, end); last > begin) return last;
  if (text.is(begin, kNumber)) return digits_end(text, begin, end, digits);
  if (const std::size_t last = symbols_end(text, begin, end, true, false); last > begin) return last;
  return spaces_or_lines_end(text, begin, end);
}

// With U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and L = [\p{Ll}\p{Lm}\p{Lo}\p{M}]: the end of U*L+ at `begin`, which
// gives characters of U back until one of them is an L; `begin` when there is no match.
std::size_t mixed_letters_end(const Characters& text, std::size_t begin, std::size_t end) {
  const std::size_t upper = run_of(text, begin, end, kUpperLike);
  if (upper < end && text.is(upper, kLowerLike)) return run_of(text, upper, end, kLowerLike);
  for (std::size_t last = upper; last > begin; --last) {
    if (text.is(last - 1, kLowerLike)) return last;
  }
  return begin;
}

// U+L* at `begin`; `begin` when there is no match.
std::size_t capital_letters_end(const Characters& text, std::size_t begin, std::size_t end) {
  const std::size_t upper = run_of(text, begin, end, kUpperLike);
  return upper == begin ? begin : run_of(text, upper, end, kLowerLike);
}

// Either of the two above, each tried first after one leading character that is no letter, digit or line break.
std::size_t o200k_letters_end(const Characters& text, std::size_t begin, std::size_t end) {
  const bool may_prefix = !text.is(begin, kLineBreak | kLetter | kNumber);
  for (const auto letters_end : {mixed_letters_end, capital_letters_end}) {
    if (may_prefix) {
      if (const std::size_t last = letters_end(text, begin + 1, end); last > begin + 1) return last;
    }
    if (const std::size_t last = letters_end(text, begin, end); last > begin) return last;
  }
  return begin;
}

std::size_t o200k_end(const Characters& text, std::size_t begin, std::size_t end, std::size_t digits,
                      bool contractions) {
  if (const std::size_t last = o200k_letters_end(text, begin, end); last > begin) {
    return contractions ? last + contraction_length(text, last, end, true) : last;
  }
  if (text.is(begin, kNumber)) return digits_end(text, begin, end, digits);
  if (const std::size_t last = symbols_end(text, begin, end, true, true); last > begin) return last;
  return spaces_or_lines_end(text, begin, end);
}

}  // namespace

CharacterRange match_gpt2_word(const Characters& text, std::size_t begin, std::size_t end) {
  if (const std::size_t length = contraction_length(text, begin, end, false)) return {begin, begin + length};
  const std::size_t first = text.code_points[begin] == ' ' && begin + 1 < end ? begin + 1 : begin;
  if (text.is(first, kLetter)) return {begin, run_of(text, first, end, kLetter)};
  if (text.is(first, kNumber)) return {begin, run_of(text, first, end, kNumber)};
  if (const std::size_t last = symbols_end(text, begin, end, false, false); last > begin) return {begin, last};
  return {begin, spaces_end(text, begin, end)};
}

CharacterRange match_cl100k_word(const Characters& text, std::size_t begin, std::size_t end) {
  return {begin, cl100k_end(text, begin, end, 3)};
}

CharacterRange match_cl100k_word_single_digits(const Characters& text, std::size_t begin, std::size_t end) {
  return {begin, cl100k_end(text, begin, end, 1)};
}

CharacterRange match_o200k_word(const Characters& text, std::size_t begin, std::size_t end) {
  return {begin, o200k_end(text, begin, end, 3, true)};
}

CharacterRange match_tekken_word(const Characters& text, std::size_t begin, std::size_t end) {
  return {begin, o200k_end(text, begin, end, 1, false)};
}

CharacterRange match_line_break(const Characters& text, std::size_t begin, std::size_t end) {
  const std::size_t first = run_without(text, begin, end, kLineBreak);
  return {first, std::min(first + 1, end)};
}

CharacterRange match_digit(const Characters& text, std::size_t begin, std::size_t end) {
  const std::size_t first = run_without(text, begin, end, kNumber);
  return {first, std::min(first + 1, end)};
}

CharacterRange match_digits(const Characters& text, std::size_t begin, std::size_t end) {
  const std::size_t first = run_without(text, begin, end, kNumber);
  return {first, run_of(text, first, end, kNumber)};
}

CharacterRange match_three_ascii_digits(const Characters& text, std::size_t begin, std::size_t end) {
  std::size_t run = 0;
  for (std::size_t i = begin; i < end; ++i) {
    run = text.code_points[i] >= '0' && text.code_points[i] <= '9' ? run + 1 : 0;
    if (run == 3) return {i - 2, i + 1};
  }
  return {end, end};
}

CharacterRange match_spaced_letters(const Characters& text, std::size_t begin, std::size_t end) {
  return find_run(text, begin, end, true, [&](std::size_t i) { return text.is(i, kLetter); });
}

CharacterRange match_spaced_punctuation(const Characters& text, std::size_t begin, std::size_t end) {
  return find_run(text, begin, end, true, [&](std::size_t i) { return text.is(i, kPunctuation); });
}

CharacterRange match_punctuation_and_signs(const Characters& text, std::size_t begin, std::size_t end) {
  constexpr std::u32string_view kExtra = U"$+<=>^~|";
  return find_run(text, begin, end, false, [&](std::size_t i) {
    return text.is(i, kPunctuation) || kExtra.find(text.code_points[i]) != std::u32string_view::npos;
  });
}

CharacterRange match_spaced_cased_letters(const Characters& text, std::size_t begin, std::size_t end) {
  return find_run(text, begin, end, true, [&](std::size_t i) { return within(kCasedLetters, text.code_points[i]); });
}

CharacterRange match_spaced_signs(const Characters& text, std::size_t begin, std::size_t end) {
  return find_run(text, begin, end, true, [&](std::size_t i) { return within(kSigns, text.code_points[i]); });
}

CharacterRange match_trailing_space(const Characters& text, std::size_t begin, std::size_t end) {
  std::size_t first = end;
  while (first > begin && text.is(first - 1, kSpace)) --first;
  return {first, end};
}

CharacterRange match_east_asian(const Characters& text, std::size_t begin, std::size_t end) {
  return find_run(text, begin, end, false, [&](std::size_t i) { return within(kEastAsian, text.code_points[i]); });
}

}  // namespace minnow::text
