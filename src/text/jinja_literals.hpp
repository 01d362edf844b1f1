// Literals as they are written in templates: numbers and strings with Python's escapes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace minnow::text::jinja {

struct NumberLiteral {
  std::size_t size = 0;  // bytes of source; 0 when no number starts there
  bool is_real = false;
  std::int64_t integer = 0;
  double real = 0;
};

// The number at the start of `text`. Throws Error(unsupported) for an integer beyond 64 bits.
NumberLiteral read_number(std::string_view text, bool may_be_real);

// The inside of a string literal with its escapes resolved. Throws Error(invalid_input) for a broken escape.
std::string resolve_escapes(std::string_view inside);

}  // namespace minnow::text::jinja
