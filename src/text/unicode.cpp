#include "text/unicode.hpp"

#include <utf8proc.h>

#include <array>

namespace minnow::text {
namespace {

constexpr bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// How a lead byte goes on: the length of its sequence (0: no lead byte) and the range of the second byte, which
// is what excludes overlong forms, surrogates and everything past U+10FFFF.
struct Lead {
  std::uint8_t length, second_low, second_high, payload;
};

Lead lead_of(unsigned char byte) {
  if (byte < 0xC2 || byte > 0xF4) return {0, 0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF, static_cast<std::uint8_t>(byte & 0x1F)};
  const auto payload = static_cast<std::uint8_t>(byte & 0x0F);
  if (byte == 0xE0) return {3, 0xA0, 0xBF, payload};
  if (byte == 0xED) return {3, 0x80, 0x9F, payload};
  if (byte < 0xF0) return {3, 0x80, 0xBF, payload};
  if (byte == 0xF0) return {4, 0x90, 0xBF, payload};
  if (byte == 0xF4) return {4, 0x80, 0x8F, payload};
  return {4, 0x80, 0xBF, payload};
}

bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

Kinds look_up_kinds(char32_t code_point) {
  const Kinds space = is_white_space(code_point) ? kSpace : 0;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return kLetter | kUpperLike;
    case UTF8PROC_CATEGORY_LL:
      return kLetter | kLowerLike;
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return kLetter | kUpperLike | kLowerLike;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return kMark | kUpperLike | kLowerLike;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return kNumber;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return kPunctuation;
    default:
      break;
  }
  return (code_point == '\r' || code_point == '\n') ? Kinds{kSpace | kLineBreak} : space;
}

std::array<Kinds, 128> ascii_kinds() {
  std::array<Kinds, 128> table{};
  for (char32_t c = 0; c < 128; ++c) table[c] = look_up_kinds(c);
  return table;
}

}  // namespace

Utf8Step decode_utf8(std::string_view text, std::size_t position) {
  const auto byte_at = [&](std::size_t offset) { return static_cast<unsigned char>(text[position + offset]); };
  const unsigned char first = byte_at(0);
  if (first < 0x80) return {first, 1, true, false};
  const Lead lead = lead_of(first);
  if (lead.length == 0) return {};
  char32_t code_point = lead.payload;
  const std::size_t available = text.size() - position;
  for (std::uint8_t i = 1; i < lead.length; ++i) {
    if (i >= available) return {kReplacementCharacter, i, false, true};
    const unsigned char byte = byte_at(i);
    const bool fits = i == 1 ? (byte >= lead.second_low && byte <= lead.second_high) : is_continuation(byte);
    if (!fits) return {kReplacementCharacter, i, false, false};
    code_point = (code_point << 6) | (byte & 0x3F);
  }
  return {code_point, lead.length, true, false};
}

void append_utf8(std::string& text, char32_t c) {
  const auto tail = [&](int shift) { text.push_back(static_cast<char>(0x80 | ((c >> shift) & 0x3F))); };
  if (c < 0x80) {
    text.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    text.push_back(static_cast<char>(0xC0 | (c >> 6)));
    tail(0);
  } else if (c < 0x10000) {
    text.push_back(static_cast<char>(0xE0 | (c >> 12)));
    tail(6), tail(0);
  } else {
    text.push_back(static_cast<char>(0xF0 | (c >> 18)));
    tail(12), tail(6), tail(0);
  }
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = decode_utf8(text, i);
    if (!step.valid) return false;
    i += step.length;
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = decode_utf8(text, i);
    if (step.valid) {
      repaired.append(text.substr(i, step.length));
    } else {
      append_utf8(repaired, kReplacementCharacter);
    }
    i += step.length;
  }
  return repaired;
}

Kinds kinds_of(char32_t code_point) {
  static const std::array<Kinds, 128> kAscii = ascii_kinds();
  return code_point < 128 ? kAscii[code_point] : look_up_kinds(code_point);
}

Characters::Characters(std::string_view source) : text(source) {
  code_points.reserve(text.size());
  kinds.reserve(text.size());
  offsets.reserve(text.size() + 1);
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = decode_utf8(text, i);
    code_points.push_back(step.code_point);
    kinds.push_back(kinds_of(step.code_point));
    offsets.push_back(static_cast<std::uint32_t>(i));
    i += step.length;
  }
  offsets.push_back(static_cast<std::uint32_t>(text.size()));
}

}  // namespace minnow::text
