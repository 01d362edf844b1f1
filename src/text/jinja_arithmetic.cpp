// + - * / // % ** as Python computes them, on 64-bit integers, doubles, text and sequences.
#include <cmath>

#include "text/jinja_format.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"
#include "text/markup.hpp"

namespace minnow::text::jinja {

namespace {

constexpr std::string_view kSymbols[] = {"+", "-", "*", "/", "//", "%", "**"};

[[noreturn]] void fail_overflow() { fail(ErrorCode::unsupported, "an integer grows beyond 64 bits"); }
[[noreturn]] void fail_zero() { fail(ErrorCode::invalid_input, "division by zero"); }

std::int64_t floor_divide(std::int64_t left, std::int64_t right) {
  if (right == 0) fail_zero();
  if (right == -1) {
    std::int64_t result = 0;
    if (__builtin_sub_overflow(std::int64_t{0}, left, &result)) fail_overflow();
    return result;
  }
  const std::int64_t quotient = left / right;
  return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
}

std::int64_t floor_modulo(std::int64_t left, std::int64_t right) {
  if (right == 0) fail_zero();
  if (right == -1) return 0;
  const std::int64_t rest = left % right;
  return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest;
}

double floor_modulo(double left, double right) {
  if (right == 0) fail_zero();
  const double rest = std::fmod(left, right);
  if (rest == 0) return std::copysign(0.0, right);
  return (rest < 0) != (right < 0) ? rest + right : rest;
}

double floor_divide(double left, double right) {
  if (right == 0) fail_zero();
  const double rest = std::fmod(left, right);
  double quotient = (left - rest) / right;
  if (rest != 0 && (rest < 0) != (right < 0)) quotient -= 1;
  if (quotient == 0) return std::copysign(0.0, left / right);
  const double floored = std::floor(quotient);
  return quotient - floored > 0.5 ? floored + 1 : floored;
}

Value power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) fail_zero();
    return Value::real(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  std::int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) fail_overflow();
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) fail_overflow();
  }
  return Value::integer(result);
}

double power(double base, double exponent) {
  if (base == 0 && exponent < 0) fail_zero();
  if (base < 0 && std::isfinite(exponent) && exponent != std::floor(exponent)) {
    fail(ErrorCode::unsupported, "a power is a complex number");
  }
  const double result = std::pow(base, exponent);
  if (std::isinf(result) && std::isfinite(base) && std::isfinite(exponent)) {
    fail(ErrorCode::invalid_input, "a power is too large");
  }
  return result;
}

Value calculate_integers(Arithmetic operation, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (operation) {
    case Arithmetic::add:
      overflow = __builtin_add_overflow(left, right, &result);
      break;
    case Arithmetic::subtract:
      overflow = __builtin_sub_overflow(left, right, &result);
      break;
    case Arithmetic::multiply:
      overflow = __builtin_mul_overflow(left, right, &result);
      break;
    case Arithmetic::floor_divide:
      result = floor_divide(left, right);
      break;
    case Arithmetic::modulo:
      result = floor_modulo(left, right);
      break;
    case Arithmetic::power:
      return power(left, right);
    case Arithmetic::divide:
      if (right == 0) fail_zero();
      return Value::real(static_cast<double>(left) / static_cast<double>(right));
  }
  if (overflow) fail_overflow();
  return Value::integer(result);
}

Value calculate_reals(Arithmetic operation, double left, double right) {
  switch (operation) {
    case Arithmetic::add:
      return Value::real(left + right);
    case Arithmetic::subtract:
      return Value::real(left - right);
    case Arithmetic::multiply:
      return Value::real(left * right);
    case Arithmetic::floor_divide:
      return Value::real(floor_divide(left, right));
    case Arithmetic::modulo:
      return Value::real(floor_modulo(left, right));
    case Arithmetic::power:
      return Value::real(power(left, right));
    case Arithmetic::divide:
      break;
  }
  if (right == 0) fail_zero();
  return Value::real(left / right);
}

Value add_texts(Runtime& runtime, const StringObject& left, const StringObject& right) {
  BoundedText out(runtime.budget);
  const bool markup = left.markup || right.markup;
  const auto append = [&](const StringObject& part) {
    out.append(markup && !part.markup ? escape_html(part.text) : part.text);
  };
  append(left);
  append(right);
  return markup ? make_markup(runtime.budget, out.take()) : runtime.string(out.take());
}

Value add_sequences(Runtime& runtime, const Value& left, const Value& right) {
  std::vector<Value> items = left.items();
  runtime.budget.spend(items.size() / 4);
  items.insert(items.end(), right.items().begin(), right.items().end());
  return left.is(Kind::list) ? runtime.list(std::move(items)) : runtime.tuple(std::move(items));
}

Value repeat_items(Runtime& runtime, const Value& value, std::int64_t times) {
  const auto& items = value.items();
  std::vector<Value> repeated;
  const std::size_t n = times < 0 || items.empty() ? 0 : static_cast<std::size_t>(times);
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(items.size() * sizeof(Value), n, &bytes)) bytes = SIZE_MAX;
  runtime.budget.check_memory(bytes);
  for (std::size_t i = 0; i < n; ++i) {
    runtime.budget.spend(items.size());
    repeated.insert(repeated.end(), items.begin(), items.end());
  }
  return value.is(Kind::list) ? runtime.list(std::move(repeated)) : runtime.tuple(std::move(repeated));
}

bool is_list_or_tuple(const Value& value) { return value.is(Kind::list) || value.is(Kind::tuple); }

}  // namespace

Value repeat_text(Runtime& runtime, std::string_view text, std::int64_t times) {
  const std::size_t n = times < 0 || text.empty() ? 0 : static_cast<std::size_t>(times);
  std::size_t size = 0;
  if (__builtin_mul_overflow(text.size(), n, &size)) size = SIZE_MAX;
  runtime.budget.check_text(size);
  std::string repeated;
  repeated.reserve(size);
  for (std::size_t i = 0; i < n; ++i) repeated += text;
  return runtime.string(std::move(repeated));
}

Value calculate(Runtime& runtime, Arithmetic operation, const Value& left, const Value& right) {
  if (left.is_integral() && right.is_integral()) {
    return calculate_integers(operation, left.as_integer(), right.as_integer());
  }
  if (left.is_number() && right.is_number()) return calculate_reals(operation, left.as_real(), right.as_real());
  if (operation == Arithmetic::modulo && left.is(Kind::string)) return format_percent(runtime, left.as_string(), right);
  require_defined(left);
  require_defined(right);
  if (operation == Arithmetic::add) {
    if (left.is(Kind::string) && right.is(Kind::string)) {
      return add_texts(runtime, left.string_object(), right.string_object());
    }
    if (is_list_or_tuple(left) && left.kind() == right.kind()) return add_sequences(runtime, left, right);
  }
  if (operation == Arithmetic::multiply) {
    const bool count_first = left.is_integral();
    const Value& repeated = count_first ? right : left;
    const Value& count = count_first ? left : right;
    if (count.is_integral() && repeated.is(Kind::string)) {
      return repeat_text(runtime, repeated.as_string(), count.as_integer());
    }
    if (count.is_integral() && is_list_or_tuple(repeated)) return repeat_items(runtime, repeated, count.as_integer());
  }
  fail(ErrorCode::invalid_input, "unsupported operand types for {}: '{}' and '{}'",
       kSymbols[static_cast<std::size_t>(operation)], type_name(left), type_name(right));
}

Value negate(Runtime& runtime, const Value& value) {
  if (value.is(Kind::real)) return Value::real(-value.as_real());
  return calculate(runtime, Arithmetic::subtract, Value::integer(0), value);
}

}  // namespace minnow::text::jinja
