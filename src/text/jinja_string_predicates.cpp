// str's questions about its letters: isdigit, isupper and their like.
#include <algorithm>

#include "text/jinja_filters.hpp"
#include "text/jinja_methods.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

using Property = bool (*)(char32_t);

bool is_alphanumeric(char32_t c) { return is_alpha(c) || is_numeric(c); }
bool is_ascii(char32_t c) { return c < 0x80; }
// Decimals and the digits in circles or raised; not fractions and numerals.
bool is_digit(char32_t c) {
  return is_decimal(c) || c == 0xB2 || c == 0xB3 || c == 0xB9 || c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ||
         (c >= 0x2080 && c <= 0x2089) || (c >= 0x2460 && c <= 0x2468);
}

bool all_are(std::string_view text, Property property) {
  for (std::size_t position = 0; position < text.size();) {
    if (!property(next_code_point(text, position))) return false;
  }
  return true;
}

template <Property property, bool when_empty = false>
Value all_method(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("str method", arguments, {});
  runtime.budget.touch(self.as_string().size());
  return Value::boolean(self.as_string().empty() ? when_empty : all_are(self.as_string(), property));
}

// At least one letter with case, and none of the other case.
template <Property wanted, Property other>
Value case_method(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("str method", arguments, {});
  runtime.budget.touch(self.as_string().size());
  return Value::boolean(has_only_case(self.as_string(), wanted, other));
}

Value is_title_method(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("istitle", arguments, {});
  const std::string_view text = self.as_string();
  runtime.budget.touch(text.size());
  bool any = false;
  bool after_letter = false;
  for (std::size_t position = 0; position < text.size();) {
    const char32_t c = next_code_point(text, position);
    const bool starts_word = is_upper(c) || is_title(c);
    if ((starts_word && after_letter) || (is_lower(c) && !after_letter)) return Value::boolean(false);
    after_letter = starts_word || is_lower(c);
    any |= after_letter;
  }
  return Value::boolean(any);
}

Value is_identifier(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("isidentifier", arguments, {});
  const std::string_view text = self.as_string();
  runtime.budget.touch(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const bool first = position == 0;
    const char32_t c = next_code_point(text, position);
    if (c != '_' && !is_alpha(c) && (first || !is_decimal(c))) return Value::boolean(false);
  }
  return Value::boolean(!text.empty());
}

constexpr NamedMethod kMethods[] = {
    {"isalnum", all_method<is_alphanumeric>},
    {"isalpha", all_method<is_alpha>},
    {"isascii", all_method<is_ascii, true>},
    {"isdecimal", all_method<is_decimal>},
    {"isdigit", all_method<is_digit>},
    {"isidentifier", is_identifier},
    {"islower", case_method<is_lower, is_upper>},
    {"isnumeric", all_method<is_numeric>},
    {"isprintable", all_method<is_printable, true>},
    {"isspace", all_method<is_space>},
    {"istitle", is_title_method},
    {"isupper", case_method<is_upper, is_lower>},
};

}  // namespace

bool has_only_case(std::string_view text, bool (*wanted)(char32_t), bool (*other)(char32_t)) {
  bool any = false;
  for (std::size_t position = 0; position < text.size();) {
    const char32_t c = next_code_point(text, position);
    if (other(c) || is_title(c)) return false;
    any |= wanted(c);
  }
  return any;
}

std::span<const NamedMethod> string_predicates() { return kMethods; }

}  // namespace minnow::text::jinja
