// Jinja's tests, what may follow `is`.
#include <algorithm>

#include "text/jinja_filters.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

void expect_none(const Arguments& arguments) { const Parameters given("test", arguments, {}); }

const Value& only(const Arguments& arguments) {
  if (arguments.positional.size() != 1 || !arguments.named.empty()) {
    fail(ErrorCode::invalid_input, "this test takes one argument");
  }
  return arguments.positional.front();
}

template <Kind kind>
bool is_kind(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return subject.is(kind);
}

template <Comparison comparison>
bool compares(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  return compare(runtime, comparison, subject, only(arguments));
}

bool is_defined(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return !subject.is(Kind::undefined);
}

bool is_number(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return subject.is_number();
}

bool is_true(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return subject.is(Kind::boolean) && subject.as_boolean();
}

bool is_false(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return subject.is(Kind::boolean) && !subject.as_boolean();
}

bool is_iterable(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  if (subject.is(Kind::opaque)) return subject.opaque().type_name() == "LoopContext";
  return subject.is(Kind::undefined) || subject.kind() >= Kind::string;
}

// Has a length and positions, as Jinja asks it: dicts and undefined count.
bool is_sequence(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return subject.is(Kind::undefined) || subject.is(Kind::string) || subject.is(Kind::list) || subject.is(Kind::tuple) ||
         subject.is(Kind::range) || subject.is(Kind::dict);
}

bool is_callable(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return subject.is(Kind::undefined) || (subject.is(Kind::opaque) && subject.opaque().callable());
}

bool is_same(Runtime&, const Value& subject, const Arguments& arguments) {
  const Value& other = only(arguments);
  if (subject.kind() != other.kind()) return false;
  if (subject.is(Kind::string)) return subject.as_string() == other.as_string();
  if (subject.is_number()) {
    return subject.is(Kind::real) ? subject.as_real() == other.as_real() : subject.as_integer() == other.as_integer();
  }
  return subject.object() == other.object();
}

bool divides(Runtime& runtime, const Value& subject, const Value& divisor) {
  return !truth(calculate(runtime, Arithmetic::modulo, subject, divisor));
}

bool is_divisible(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  return divides(runtime, subject, only(arguments));
}

bool is_even(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return divides(runtime, subject, Value::integer(2));
}

bool is_odd(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return equals(runtime, calculate(runtime, Arithmetic::modulo, subject, Value::integer(2)), Value::integer(1));
}

bool is_in_lower_case(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return has_only_case(to_text(runtime, subject), is_lower, is_upper);
}

bool is_in_upper_case(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return has_only_case(to_text(runtime, subject), is_upper, is_lower);
}

bool is_escaped(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return subject.is(Kind::string) && subject.string_object().markup;
}

bool is_filter(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return subject.is(Kind::string) && find_filter(subject.as_string()) != nullptr;
}

bool is_test(Runtime&, const Value& subject, const Arguments& arguments) {
  expect_none(arguments);
  return subject.is(Kind::string) && find_test(subject.as_string()) != nullptr;
}

struct NamedTest {
  std::string_view name;
  Test function;
};

constexpr NamedTest kTests[] = {
    {"boolean", is_kind<Kind::boolean>},
    {"callable", is_callable},
    {"defined", is_defined},
    {"divisibleby", is_divisible},
    {"eq", compares<Comparison::equal>},
    {"equalto", compares<Comparison::equal>},
    {"==", compares<Comparison::equal>},
    {"escaped", is_escaped},
    {"even", is_even},
    {"false", is_false},
    {"filter", is_filter},
    {"float", is_kind<Kind::real>},
    {"ge", compares<Comparison::greater_equal>},
    {">=", compares<Comparison::greater_equal>},
    {"greaterthan", compares<Comparison::greater>},
    {"gt", compares<Comparison::greater>},
    {">", compares<Comparison::greater>},
    {"in", compares<Comparison::in>},
    {"integer", is_kind<Kind::integer>},
    {"iterable", is_iterable},
    {"le", compares<Comparison::less_equal>},
    {"<=", compares<Comparison::less_equal>},
    {"lessthan", compares<Comparison::less>},
    {"lower", is_in_lower_case},
    {"lt", compares<Comparison::less>},
    {"<", compares<Comparison::less>},
    {"mapping", is_kind<Kind::dict>},
    {"ne", compares<Comparison::unequal>},
    {"!=", compares<Comparison::unequal>},
    {"none", is_kind<Kind::none>},
    {"number", is_number},
    {"odd", is_odd},
    {"sameas", is_same},
    {"sequence", is_sequence},
    {"string", is_kind<Kind::string>},
    {"test", is_test},
    {"true", is_true},
    {"undefined", is_kind<Kind::undefined>},
    {"upper", is_in_upper_case},
};

}  // namespace

Test find_test(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kTests), std::end(kTests), [&](const auto& test) { return test.name == name; });
  return found == std::end(kTests) ? nullptr : found->function;
}

Filter find_filter(std::string_view name) {
  for (const auto& filters :
       {text_filters(), sequence_filters(), selection_filters(), order_filters(), number_filters()}) {
    for (const NamedFilter& filter : filters) {
      if (filter.name == name) return filter.function;
    }
  }
  return nullptr;
}

}  // namespace minnow::text::jinja
