// Numbers laid out by a format specification, shared by '%…' and '{:…}'.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "text/jinja_runtime.hpp"

namespace minnow::text::jinja {

struct FormatSpec {
  std::string fill = " ";
  char align = '\0';  // < > ^ =, or none given
  char sign = '-';    // '-': only minus, '+': always, ' ': a space for plus
  bool alternate = false;
  char grouping = '\0';
  std::int64_t width = 0;
  std::optional<int> precision;
  char type = '\0';
};

inline constexpr std::int64_t kMaxPrecision = 400;

// Sign, digits and padding.
std::string format_integer(Runtime& runtime, std::int64_t value, const FormatSpec& spec);
std::string format_real(Runtime& runtime, double value, const FormatSpec& spec);
// Cut to the precision and padded to the width.
std::string format_text(Runtime& runtime, std::string_view text, const FormatSpec& spec);

}  // namespace minnow::text::jinja
