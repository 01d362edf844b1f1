#include "text/jinja_literals.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

bool is_digit(std::string_view text, std::size_t position, int base = 10) {
  return position < text.size() && digit_value(text[position]) < base;
}

// Past the digits from `position` on, single underscores between them allowed.
std::size_t skip_digits(std::string_view text, std::size_t position, int base = 10) {
  while (is_digit(text, position, base) || (position > 0 && position < text.size() && text[position] == '_' &&
                                            is_digit(text, position - 1, base) && is_digit(text, position + 1, base))) {
    ++position;
  }
  return position;
}

std::string without_underscores(std::string_view text) {
  std::string digits(text);
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  return digits;
}

std::int64_t to_integer(std::string_view written, int base) {
  const std::string digits = without_underscores(written);
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (problem != std::errc()) fail(ErrorCode::unsupported, "the number {} doesn't fit 64 bits", written.substr(0, 40));
  return value;
}

std::size_t real_size(std::string_view text) {
  std::size_t end = skip_digits(text, 0);
  bool real = false;
  if (end < text.size() && text[end] == '.' && is_digit(text, end + 1)) {
    end = skip_digits(text, end + 1);
    real = true;
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    std::size_t exponent = end + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    if (is_digit(text, exponent)) {
      end = skip_digits(text, exponent);
      real = true;
    }
  }
  return real ? end : 0;
}

// \x, \u and \U: exactly `n_digits` hexadecimal digits.
char32_t read_hexadecimal(std::string_view inside, std::size_t& position, std::size_t n_digits) {
  char32_t value = 0;
  for (std::size_t i = 0; i < n_digits; ++i, ++position) {
    if (!is_digit(inside, position, 16)) fail(ErrorCode::invalid_input, "a string has a truncated \\x or \\u escape");
    value = value * 16 + static_cast<char32_t>(digit_value(inside[position]));
  }
  if (value > 0x10FFFF) fail(ErrorCode::invalid_input, "a string has an escape beyond Unicode");
  return value;
}

char32_t read_octal(std::string_view inside, std::size_t& position) {
  char32_t value = 0;
  for (int i = 0; i < 3 && is_digit(inside, position, 8); ++i, ++position) {
    value = value * 8 + static_cast<char32_t>(digit_value(inside[position]));
  }
  return value;
}

// Resolves the escape whose letter stands at `position`; false when it means nothing and stays as written.
bool append_escape(std::string& out, std::string_view inside, std::size_t& position) {
  static constexpr std::string_view kLetters = "abfnrtv\\'\"";
  static constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"";
  const char letter = inside[position];
  if (const std::size_t known = kLetters.find(letter); known != std::string_view::npos) {
    out.push_back(kMeanings[known]);
    ++position;
    return true;
  }
  if (letter == '\n') {
    ++position;
    return true;
  }
  if (letter >= '0' && letter <= '7') {
    append_utf8(out, read_octal(inside, position));
    return true;
  }
  if (letter == 'N') fail(ErrorCode::unsupported, "a string names a character with \\N{{…}}; write it as \\u");
  const std::size_t n_digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  if (n_digits == 0) return false;
  const char32_t code_point = read_hexadecimal(inside, ++position, n_digits);
  if (code_point >= 0xD800 && code_point < 0xE000) {
    fail(ErrorCode::invalid_input, "a string has half of a surrogate pair; write the character as \\U");
  }
  append_utf8(out, code_point);
  return true;
}

}  // namespace

NumberLiteral read_number(std::string_view text, bool may_be_real) {
  NumberLiteral number;
  if (!is_digit(text, 0)) return number;
  if (const std::size_t size = may_be_real ? real_size(text) : 0; size > 0) {
    const std::string digits = without_underscores(text.substr(0, size));
    std::from_chars(digits.data(), digits.data() + digits.size(), number.real);
    number.size = size;
    number.is_real = true;
    return number;
  }
  int base = 10;
  if (text.size() > 2 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    const int marked = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    if (is_digit(text, 2, marked)) base = marked;
  }
  if (base != 10) {
    number.size = skip_digits(text, 2, base);
    number.integer = to_integer(text.substr(2, number.size - 2), base);
  } else {
    // A decimal that starts with 0 is 0 alone, as in Python.
    number.size = skip_digits(text, 0, text[0] == '0' ? 1 : 10);
    number.integer = to_integer(text.substr(0, number.size), 10);
  }
  return number;
}

std::string resolve_escapes(std::string_view inside) {
  std::string out;
  out.reserve(inside.size());
  for (std::size_t position = 0; position < inside.size();) {
    if (inside[position] != '\\' || position + 1 == inside.size()) {
      out.push_back(inside[position++]);
      continue;
    }
    ++position;
    if (!append_escape(out, inside, position)) out.push_back('\\');
  }
  return out;
}

}  // namespace minnow::text::jinja
