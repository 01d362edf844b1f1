// Filters that make and round numbers.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "text/jinja_filters.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

// Digits with single underscores between them, which are dropped; nothing when an underscore stands elsewhere.
std::optional<std::string> without_separators(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits.push_back(text[i]);
    } else if (i == 0 || i + 1 == text.size() || text[i - 1] == '_' ||
               !std::isxdigit(static_cast<unsigned char>(text[i - 1])) ||
               !std::isxdigit(static_cast<unsigned char>(text[i + 1]))) {
      return std::nullopt;
    }
  }
  return digits;
}

std::optional<std::int64_t> parse_integer(std::string_view text, int base) {
  auto digits = without_separators(strip_space(text));
  if (!digits) return std::nullopt;
  std::string_view rest = *digits;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const auto skip_mark = [&](int marked, char mark) {
    if ((base == marked || base == 0) && rest.size() > 2 && rest[0] == '0' && (rest[1] | 0x20) == mark) {
      rest.remove_prefix(2);
      base = marked;
    }
  };
  skip_mark(16, 'x');
  skip_mark(8, 'o');
  skip_mark(2, 'b');
  if (base == 0) base = 10;
  if (rest.empty() || rest.front() == '-') return std::nullopt;
  std::string signed_digits(negative ? 1 : 0, '-');
  signed_digits += rest;
  std::int64_t value = 0;
  const char* last = signed_digits.data() + signed_digits.size();
  const auto [end, problem] = std::from_chars(signed_digits.data(), last, value, base);
  if (problem == std::errc::result_out_of_range && end == last) {
    fail(ErrorCode::unsupported, "an integer grows beyond 64 bits");
  }
  if (problem != std::errc() || end != last) return std::nullopt;
  return value;
}

std::optional<double> parse_real(std::string_view text) {
  auto digits = without_separators(strip_space(text));
  if (!digits) return std::nullopt;
  std::string_view rest = *digits;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest.empty() || rest.front() == '-') return std::nullopt;
  double value = 0;
  const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (end != rest.data() + rest.size()) return std::nullopt;
  if (problem == std::errc::result_out_of_range) {  // from_chars leaves the value as it was: tell huge from tiny
    const std::size_t exponent = rest.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos ? rest.substr(exponent + 1).starts_with('-') : rest[0] == '0';
    value = tiny ? 0 : std::numeric_limits<double>::infinity();
  } else if (problem != std::errc()) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

std::optional<std::int64_t> truncated(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  if (value >= 9223372036854775808.0 || value < -9223372036854775808.0) {
    fail(ErrorCode::unsupported, "an integer grows beyond 64 bits");
  }
  return static_cast<std::int64_t>(value);
}

Value to_integer(Runtime&, const Value& subject, const Arguments& arguments) {
  const Parameters given("int", arguments, {"default", "base"});
  require_defined(subject);
  std::optional<std::int64_t> result;
  if (subject.is_integral()) result = subject.as_integer();
  if (subject.is(Kind::real)) {
    result = truncated(subject.as_real());
    if (!result && !std::isnan(subject.as_real())) fail(ErrorCode::invalid_input, "infinity is no integer");
  }
  if (subject.is(Kind::string)) {
    const std::int64_t base = given.integer_or(1, 10);
    if (base >= 2 && base <= 36) result = parse_integer(subject.as_string(), static_cast<int>(base));
    if (base == 0) result = parse_integer(subject.as_string(), 0);
    if (!result) {
      if (const auto real = parse_real(subject.as_string())) result = truncated(*real);
    }
  }
  return result ? Value::integer(*result) : given.value_or(0, Value::integer(0));
}

Value to_real(Runtime&, const Value& subject, const Arguments& arguments) {
  const Parameters given("float", arguments, {"default"});
  require_defined(subject);
  std::optional<double> result;
  if (subject.is_number()) result = subject.as_real();
  if (subject.is(Kind::string)) result = parse_real(subject.as_string());
  return result ? Value::real(*result) : given.value_or(0, Value::real(0));
}

Value absolute(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("abs", arguments, {});
  require_defined(subject);
  if (subject.is(Kind::real)) return Value::real(std::fabs(subject.as_real()));
  if (!subject.is_integral()) fail(ErrorCode::invalid_input, "bad operand type for abs(): '{}'", type_name(subject));
  return subject.as_integer() < 0 ? negate(runtime, subject) : Value::integer(subject.as_integer());
}

// Half to even.
std::int64_t round_integer(std::int64_t value, std::int64_t precision) {
  if (precision >= 0) return value;
  if (precision < -18) return 0;
  std::int64_t unit = 1;
  for (std::int64_t i = 0; i < -precision; ++i) unit *= 10;
  const std::int64_t quotient = value / unit;
  const std::int64_t rest = std::abs(value % unit);
  const bool away = rest > unit / 2 || (rest == unit / 2 && quotient % 2 != 0);
  std::int64_t result = 0;
  if (__builtin_mul_overflow(quotient + (away ? (value < 0 ? -1 : 1) : 0), unit, &result)) {
    fail(ErrorCode::unsupported, "an integer grows beyond 64 bits");
  }
  return result;
}

double round_real(double value, std::int64_t precision) {
  if (!std::isfinite(value) || precision > 320) return value;
  if (precision < -310) return std::copysign(0.0, value);
  if (precision < 0) {
    const double unit = std::pow(10.0, static_cast<double>(-precision));
    return std::nearbyint(value / unit) * unit;
  }
  const std::string digits = fmt::format("{:.{}f}", value, static_cast<int>(precision));  // rounds correctly
  double rounded = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
  return rounded;
}

Value round(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("round", arguments, {"precision", "method"});
  require_defined(subject);
  const std::string method = given.has(1) ? given.string(1) : "common";
  const std::int64_t precision = given.integer_or(0, 0);
  if (!subject.is_number()) fail(ErrorCode::invalid_input, "'{}' can't be rounded", type_name(subject));
  if (method == "common") {
    if (subject.is_integral()) return Value::integer(round_integer(subject.as_integer(), precision));
    return Value::real(round_real(subject.as_real(), precision));
  }
  if (method != "ceil" && method != "floor") fail(ErrorCode::invalid_input, "method must be common, ceil or floor");
  const Value unit = calculate(runtime, Arithmetic::power, Value::integer(10), Value::integer(precision));
  const double scaled = calculate(runtime, Arithmetic::multiply, subject, unit).as_real();
  const auto whole = truncated(method == "ceil" ? std::ceil(scaled) : std::floor(scaled));
  if (!whole) fail(ErrorCode::invalid_input, "infinity can't be rounded");
  return calculate(runtime, Arithmetic::divide, Value::integer(*whole), unit);
}

constexpr NamedFilter kFilters[] = {{"abs", absolute}, {"float", to_real}, {"int", to_integer}, {"round", round}};

}  // namespace

std::span<const NamedFilter> number_filters() { return kFilters; }

}  // namespace minnow::text::jinja
