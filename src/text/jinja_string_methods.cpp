// str's methods that search, replace, pad and change case.
#include <algorithm>

#include "text/jinja_format.hpp"
#include "text/jinja_methods.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

template <std::string (*map)(std::string_view)>
Value mapped(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("str method", arguments, {});
  return runtime.string(map(self.as_string()));
}

template <Side side>
Value strip(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("strip", arguments, {"chars"});
  const std::string& text = self.as_string();
  return runtime.string(
      std::string(given.is_none(0) ? strip_space(text, side) : strip_any_of(text, given.string(0), side)));
}

// The part of the text that [start, end) in code points names, as bytes.
struct Window {
  std::size_t start = 0;
  std::size_t end = 0;
  bool valid = true;  // start lies inside the text
};

Window window(Runtime& runtime, const Value& self, const Parameters& given) {
  const StringObject& text = self.string_object();
  runtime.budget.touch(text.text.size());
  const auto length = static_cast<std::int64_t>(text.length());
  const auto resolve = [&](std::size_t index, std::int64_t otherwise) {
    std::int64_t place = given.is_none(index) ? otherwise : given.integer_or(index, otherwise);
    if (place < 0) place = std::max<std::int64_t>(std::max(place, -length) + length, 0);
    return place;
  };
  const std::int64_t start = resolve(1, 0);
  const std::int64_t end = std::min(resolve(2, length), length);
  if (start > length || start > end) return {.start = 0, .end = 0, .valid = false};
  return {.start = byte_offset(text.text, static_cast<std::size_t>(start)),
          .end = byte_offset(text.text, static_cast<std::size_t>(end))};
}

bool has_affix(std::string_view text, std::string_view affix, bool at_start) {
  return at_start ? text.starts_with(affix) : text.ends_with(affix);
}

template <bool at_start>
Value has_affix_method(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given(at_start ? "startswith" : "endswith", arguments, {"prefix", "start", "end"}, 1);
  const Window part = window(runtime, self, given);
  if (!given.at(0).is(Kind::tuple)) given.string(0);
  if (!part.valid) return Value::boolean(false);
  const std::string_view text = std::string_view(self.as_string()).substr(part.start, part.end - part.start);
  if (!given.at(0).is(Kind::tuple)) return Value::boolean(has_affix(text, given.string(0), at_start));
  for (const Value& affix : given.at(0).items()) {
    if (!affix.is(Kind::string)) {
      fail(ErrorCode::invalid_input, "startswith and endswith take strings, not '{}'", type_name(affix));
    }
    if (has_affix(text, affix.as_string(), at_start)) return Value::boolean(true);
  }
  return Value::boolean(false);
}

std::int64_t find_place(Runtime& runtime, const Value& self, const Arguments& arguments, bool from_right) {
  const Parameters given("find", arguments, {"sub", "start", "end"}, 1);
  const std::string& wanted = given.string(0);
  runtime.budget.search(self.as_string().size(), wanted.size());
  const Window part = window(runtime, self, given);
  if (!part.valid) return -1;
  const std::string_view text = std::string_view(self.as_string()).substr(0, part.end);
  const std::size_t found = from_right ? text.rfind(wanted) : text.find(wanted, part.start);
  if (found == std::string_view::npos || found < part.start) return -1;
  return static_cast<std::int64_t>(count_code_points(text.substr(0, found)));
}

template <bool from_right, bool must_exist>
Value find(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const std::int64_t place = find_place(runtime, self, arguments, from_right);
  if (must_exist && place < 0) fail(ErrorCode::invalid_input, "substring not found");
  return Value::integer(place);
}

Value count(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("count", arguments, {"sub", "start", "end"}, 1);
  const std::string& wanted = given.string(0);
  runtime.budget.search(self.as_string().size(), wanted.size());
  const Window part = window(runtime, self, given);
  if (!part.valid) return Value::integer(0);
  const std::string_view text = std::string_view(self.as_string()).substr(part.start, part.end - part.start);
  if (wanted.empty()) return Value::integer(static_cast<std::int64_t>(count_code_points(text)) + 1);
  std::int64_t n = 0;
  for (std::size_t place = 0; (place = text.find(wanted, place)) != std::string_view::npos; place += wanted.size()) ++n;
  return Value::integer(n);
}

Value join(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("join", arguments, {"iterable"}, 1);
  BoundedText out(runtime.budget);
  bool first = true;
  for (const Value& item : items_of(runtime, given.at(0))) {
    require_defined(item);
    if (!item.is(Kind::string)) fail(ErrorCode::invalid_input, "join() needs strings, not '{}'", type_name(item));
    if (!first) out.append(self.as_string());
    first = false;
    out.append(item.as_string());
  }
  return runtime.string(out.take());
}

enum class Padding { left, right, both };

template <Padding padding>
Value pad(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("ljust, rjust or center", arguments, {"width", "fillchar"}, 1);
  const std::string fill = given.has(1) ? given.string(1) : " ";
  if (count_code_points(fill) != 1) fail(ErrorCode::invalid_input, "the fill character must be exactly one character");
  const auto length = static_cast<std::int64_t>(self.string_object().length());
  const std::int64_t width = given.integer_or(0, 0);
  const std::int64_t missing = width > length ? width - length : 0;
  runtime.budget.check_text(static_cast<std::size_t>(missing));
  std::int64_t before = padding == Padding::left ? missing : 0;
  if (padding == Padding::both) before = missing / 2 + (missing & width & 1);
  BoundedText out(runtime.budget);
  out.append(fill, static_cast<std::size_t>(before));
  out.append(self.as_string());
  out.append(fill, static_cast<std::size_t>(missing - before));
  return runtime.string(out.take());
}

Value zero_fill(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("zfill", arguments, {"width"}, 1);
  const std::string& text = self.as_string();
  const auto length = static_cast<std::int64_t>(self.string_object().length());
  const std::int64_t missing = std::max(given.integer_or(0, 0), length) - length;
  runtime.budget.check_text(static_cast<std::size_t>(missing));
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  return runtime.string(text.substr(0, sign) + std::string(static_cast<std::size_t>(missing), '0') + text.substr(sign));
}

template <bool is_prefix>
Value remove_affix(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("removeprefix or removesuffix", arguments, {"affix"}, 1);
  const std::string& text = self.as_string();
  const std::string& affix = given.string(0);
  if (affix.empty() || !has_affix(text, affix, is_prefix)) return self;
  const std::size_t rest = text.size() - affix.size();
  return runtime.string(is_prefix ? text.substr(affix.size()) : text.substr(0, rest));
}

Value format(Runtime& runtime, const Value& self, const Arguments& arguments) {
  return format_braces(runtime, self.as_string(), arguments);
}

Value unsupported(Runtime&, const Value&, const Arguments&) {
  fail(ErrorCode::unsupported, "this method of str isn't supported");
}

constexpr NamedMethod kMethods[] = {
    {"capitalize", mapped<capitalize>},
    {"casefold", unsupported},
    {"center", pad<Padding::both>},
    {"count", count},
    {"encode", unsupported},
    {"endswith", has_affix_method<false>},
    {"expandtabs", unsupported},
    {"find", find<false, false>},
    {"format", format},
    {"format_map", unsupported},
    {"index", find<false, true>},
    {"join", join},
    {"ljust", pad<Padding::right>},
    {"lower", mapped<to_lower>},
    {"lstrip", strip<Side::left>},
    {"maketrans", unsupported},
    {"removeprefix", remove_affix<true>},
    {"removesuffix", remove_affix<false>},
    {"rfind", find<true, false>},
    {"rindex", find<true, true>},
    {"rjust", pad<Padding::left>},
    {"rstrip", strip<Side::right>},
    {"startswith", has_affix_method<true>},
    {"strip", strip<Side::both>},
    {"swapcase", mapped<swap_case>},
    {"title", mapped<to_title>},
    {"translate", unsupported},
    {"upper", mapped<to_upper>},
    {"zfill", zero_fill},
};

}  // namespace

std::span<const NamedMethod> string_methods() { return kMethods; }

}  // namespace minnow::text::jinja
