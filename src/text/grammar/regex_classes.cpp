#include "text/grammar/regex_classes.hpp"

#include "text/unicode.hpp"

namespace minnow::text {
namespace {

CodePointSet with_kind(Kinds kind) {
  CodePointSet set;
  constexpr char32_t kEnd = 0x110000;
  for (char32_t c = 0; c < kEnd; ++c) {
    if ((kinds_of(c) & kind) == 0) continue;
    const char32_t first = c;
    while (c + 1 < kEnd && (kinds_of(c + 1) & kind) != 0) ++c;
    set.add(first, c);
  }
  return set;
}

}  // namespace

const CodePointSet& regex_line_ends() {
  static const CodePointSet kSet{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};
  return kSet;
}

std::optional<CodePointSet> regex_class(char letter) {
  static const CodePointSet kDigit{{'0', '9'}};
  static const CodePointSet kWord{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
  static const CodePointSet kWhite{{'\t', '\r'},     {' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680},
                                   {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
                                   {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
  switch (letter) {
    case 'd':
      return kDigit;
    case 'D':
      return kDigit.complement();
    case 'w':
      return kWord;
    case 'W':
      return kWord.complement();
    case 's':
      return kWhite;
    case 'S':
      return kWhite.complement();
    default:
      return std::nullopt;
  }
}

std::optional<CodePointSet> regex_property(std::string_view name) {
  constexpr std::string_view kPrefix = "General_Category=";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  // Found once: a look at every character there is takes milliseconds.
  static const CodePointSet kLetters = with_kind(kLetter), kNumbers = with_kind(kNumber), kMarks = with_kind(kMark),
                            kPunctuations = with_kind(kPunctuation), kSpaces = with_kind(kSpace);
  if (name == "L" || name == "Letter") return kLetters;
  if (name == "N" || name == "Number") return kNumbers;
  if (name == "P" || name == "Punctuation") return kPunctuations;
  if (name == "M" || name == "Mark") return kMarks;
  if (name == "White_Space") return kSpaces;
  return std::nullopt;
}

}  // namespace minnow::text
