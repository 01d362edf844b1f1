#include "text/jinja_number_format.hpp"

#include <algorithm>
#include <cmath>

#include "text/jinja_print.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

std::string pad(Runtime& runtime, const std::string& sign, const std::string& body, const FormatSpec& spec,
                char default_align) {
  const char align = spec.align != '\0' ? spec.align : default_align;
  const auto size = static_cast<std::int64_t>(count_code_points(sign) + count_code_points(body));
  const std::int64_t missing = std::max<std::int64_t>(spec.width - size, 0);
  runtime.budget.check_text(static_cast<std::size_t>(missing));
  BoundedText out(runtime.budget);
  const std::int64_t before = align == '>' ? missing : align == '^' ? missing / 2 : 0;
  out.append(spec.fill, static_cast<std::size_t>(before));
  out.append(sign);
  if (align == '=') out.append(spec.fill, static_cast<std::size_t>(missing));
  out.append(body);
  if (align == '<' || align == '^') out.append(spec.fill, static_cast<std::size_t>(missing - before));
  return out.take();
}

std::string sign_text(bool negative, const FormatSpec& spec) {
  if (negative) return "-";
  return spec.sign == '-' ? "" : std::string(1, spec.sign);
}

// A separator before every third digit of the whole part.
std::string grouped(const std::string& digits, char separator) {
  if (separator == '\0') return digits;
  const std::size_t whole = std::min(digits.find_first_not_of("0123456789"), digits.size());
  std::string result;
  for (std::size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) result.push_back(separator);
    result.push_back(digits[i]);
  }
  return result + digits.substr(whole);
}

std::string general_real(double value, const FormatSpec& spec) {
  if (!spec.precision) return real_text(value);
  std::string text = fmt::format("{:.{}g}", value, std::max(*spec.precision, 1));
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string real_digits(double value, const FormatSpec& spec) {
  const int precision = spec.precision.value_or(6);
  if (std::isnan(value) || std::isinf(value)) {
    const bool upper = spec.type == 'F' || spec.type == 'E' || spec.type == 'G';
    return std::isnan(value) ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf");
  }
  switch (spec.type) {
    case 'f':
    case 'F':
      return fmt::format("{:.{}f}", value, precision);
    case 'e':
      return fmt::format("{:.{}e}", value, precision);
    case 'E':
      return fmt::format("{:.{}E}", value, precision);
    case 'g':
    case 'n':
      return fmt::format("{:.{}g}", value, std::max(precision, 1));
    case 'G':
      return fmt::format("{:.{}G}", value, std::max(precision, 1));
    case '%':
      return fmt::format("{:.{}f}%", value * 100, precision);
    case '\0':
      return general_real(value, spec);
    default:
      fail(ErrorCode::invalid_input, "'{}' is no format for a float", spec.type);
  }
}

}  // namespace

std::string format_integer(Runtime& runtime, std::int64_t value, const FormatSpec& spec) {
  if (std::string_view("eEfFgG%").find(spec.type) != std::string_view::npos && spec.type != '\0') {
    return format_real(runtime, static_cast<double>(value), spec);
  }
  const bool negative = value < 0;
  const std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  std::string digits;
  std::string prefix;
  switch (spec.type) {
    case '\0':
    case 'd':
    case 'i':
    case 'u':
    case 'n':
      digits = fmt::format("{}", magnitude);
      break;
    case 'x':
      digits = fmt::format("{:x}", magnitude), prefix = "0x";
      break;
    case 'X':
      digits = fmt::format("{:X}", magnitude), prefix = "0X";
      break;
    case 'o':
      digits = fmt::format("{:o}", magnitude), prefix = "0o";
      break;
    case 'b':
      digits = fmt::format("{:b}", magnitude), prefix = "0b";
      break;
    default:
      fail(ErrorCode::invalid_input, "'{}' is no format for an integer", spec.type);
  }
  if (spec.precision) {
    const auto least = static_cast<std::size_t>(*spec.precision);
    if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
  }
  const std::string sign = sign_text(negative, spec) + (spec.alternate ? prefix : "");
  return pad(runtime, sign, grouped(digits, spec.grouping), spec, '>');
}

std::string format_real(Runtime& runtime, double value, const FormatSpec& spec) {
  const bool negative = std::signbit(value) && !std::isnan(value);
  const std::string digits = real_digits(std::fabs(value), spec);
  return pad(runtime, sign_text(negative, spec), grouped(digits, spec.grouping), spec, '>');
}

std::string format_text(Runtime& runtime, std::string_view text, const FormatSpec& spec) {
  runtime.budget.touch(text.size());
  if (spec.precision) text = text.substr(0, byte_offset(text, static_cast<std::size_t>(*spec.precision)));
  return pad(runtime, "", std::string(text), spec, '<');
}

}  // namespace minnow::text::jinja
