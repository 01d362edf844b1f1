// Filters that take any value as text.
#include <algorithm>

#include "text/jinja_filters.hpp"
#include "text/jinja_format.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"
#include "text/jinja_text.hpp"
#include "text/markup.hpp"

namespace minnow::text::jinja {

namespace {

template <std::string (*map)(std::string_view)>
Value mapped(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("filter", arguments, {});
  return runtime.string(map(to_text(runtime, subject)));
}

// Jinja's title: words begin after spaces, hyphens and opening brackets.
std::string title_words(std::string_view text) {
  std::string out;
  bool starts_word = true;
  std::size_t word = 0;
  const auto finish = [&](std::size_t end) {
    std::size_t second = word;
    if (word < end) next_code_point(text, second);
    out += to_upper(text.substr(word, second - word)) + to_lower(text.substr(second, end - second));
    word = end;
  };
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t start = position;
    const char32_t c = next_code_point(text, position);
    const bool separates = is_space(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
    if (separates != starts_word) finish(start);
    starts_word = separates;
  }
  finish(text.size());
  return out;
}

Value string(Runtime& runtime, const Value& subject, const Arguments&) {
  return subject.is(Kind::string) ? subject : runtime.string(to_text(runtime, subject));
}

Value safe(Runtime& runtime, const Value& subject, const Arguments&) {
  return make_markup(runtime.budget, to_text(runtime, subject));
}

Value escape(Runtime& runtime, const Value& subject, const Arguments&) {
  if (subject.is(Kind::string) && subject.string_object().markup) return subject;
  return make_markup(runtime.budget, escape_html(to_text(runtime, subject)));
}

Value force_escape(Runtime& runtime, const Value& subject, const Arguments&) {
  return make_markup(runtime.budget, escape_html(to_text(runtime, subject)));
}

Value trim(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("trim", arguments, {"chars"});
  const std::string text = to_text(runtime, subject);
  return runtime.string(std::string(given.is_none(0) ? strip_space(text) : strip_any_of(text, given.string(0))));
}

Value replace(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("replace", arguments, {"old", "new", "count"}, 2);
  const std::int64_t count = given.is_none(2) ? -1 : given.integer_or(2, -1);
  return replace_text(runtime, to_text(runtime, subject), to_text(runtime, given.at(0)), to_text(runtime, given.at(1)),
                      count);
}

Value center(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("center", arguments, {"width"});
  const Value text = string(runtime, subject, {});
  const Arguments width{.positional = {Value::integer(given.integer_or(0, 80))}, .named = {}};
  return runtime.call(*find_method(runtime, text, "center"), width);
}

Value indent(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("indent", arguments, {"width", "first", "blank"});
  const bool indent_blank = given.truth_or(2, false);
  const bool indent_first = given.truth_or(1, false);
  const std::string margin = given.has(0) && given.at(0).is(Kind::string)
                                 ? given.string(0)
                                 : repeat_text(runtime, " ", given.integer_or(0, 4)).as_string();
  require_defined(subject);
  if (!subject.is(Kind::string)) fail(ErrorCode::invalid_input, "indent needs a string, not '{}'", type_name(subject));
  const std::string text = subject.as_string() + "\n";
  BoundedText out(runtime.budget);
  bool first = true;
  for (const std::string_view line : split_lines(text, false)) {
    if (!first) out.append("\n");
    if (first ? indent_first : indent_blank || !line.empty()) out.append(margin);
    out.append(line);
    first = false;
  }
  return runtime.string(out.take());
}

Value format(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const std::string text = to_text(runtime, subject);
  if (arguments.named.empty()) return format_percent(runtime, text, runtime.tuple(arguments.positional));
  if (!arguments.positional.empty()) {
    fail(ErrorCode::invalid_input, "format can't handle positional and named arguments at once");
  }
  DictBuilder named(runtime);
  for (const auto& [name, value] : arguments.named) named.set(runtime.string(name), value);
  return format_percent(runtime, text, named.take());
}

Value word_count(Runtime& runtime, const Value& subject, const Arguments&) {
  const std::string text = to_text(runtime, subject);
  std::int64_t n = 0;
  bool in_word = false;
  for (std::size_t position = 0; position < text.size();) {
    const char32_t c = next_code_point(text, position);
    const bool belongs = c == '_' || is_alpha(c) || is_numeric(c);
    n += belongs && !in_word ? 1 : 0;
    in_word = belongs;
  }
  return Value::integer(n);
}

Value truncate(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("truncate", arguments, {"length", "killwords", "end", "leeway"});
  const std::string end = given.has(2) ? given.string(2) : "...";
  const std::int64_t limit = given.integer_or(0, 255);
  const std::int64_t leeway = given.is_none(3) ? 5 : given.integer_or(3, 5);
  const auto end_size = static_cast<std::int64_t>(count_code_points(end));
  if (limit < end_size || leeway < 0) fail(ErrorCode::invalid_input, "truncate's length is shorter than its end");
  if (static_cast<std::int64_t>(length(runtime, subject)) - leeway <= limit) return subject;
  if (!subject.is(Kind::string)) fail(ErrorCode::invalid_input, "'{}' can't be truncated", type_name(subject));
  const std::string& text = subject.as_string();
  std::string_view kept =
      std::string_view(text).substr(0, byte_offset(text, static_cast<std::size_t>(limit - end_size)));
  if (!given.truth_or(1, false)) kept = kept.substr(0, std::min(kept.rfind(' '), kept.size()));
  return runtime.string(std::string(kept) + end);
}

std::string indent_of(Runtime& runtime, const Value& indent) {
  if (indent.is(Kind::string)) return indent.as_string();
  if (!indent.is_integral()) fail(ErrorCode::invalid_input, "tojson's indent is a number or a string");
  return repeat_text(runtime, " ", indent.as_integer()).as_string();
}

Value to_json_filter(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters given("tojson", arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  style.ascii_only = given.truth_or(0, false);
  style.sort_keys = given.truth_or(3, false);
  if (!given.is_none(1)) {
    style.multiline = true;
    style.indent = indent_of(runtime, given.at(1));
    style.item_separator.assign(1, ',');
  }
  if (!given.is_none(2)) {
    const std::vector<Value> separators = items_of(runtime, given.at(2));
    if (separators.size() != 2 || !separators[0].is(Kind::string) || !separators[1].is(Kind::string)) {
      fail(ErrorCode::invalid_input, "tojson's separators are two strings");
    }
    style.item_separator = separators[0].as_string();
    style.key_separator = separators[1].as_string();
  }
  return runtime.string(to_json(runtime, subject, style));
}

constexpr NamedFilter kFilters[] = {
    {"capitalize", mapped<capitalize>},
    {"center", center},
    {"e", escape},
    {"escape", escape},
    {"forceescape", force_escape},
    {"format", format},
    {"indent", indent},
    {"lower", mapped<to_lower>},
    {"replace", replace},
    {"safe", safe},
    {"string", string},
    {"title", mapped<title_words>},
    {"tojson", to_json_filter},
    {"trim", trim},
    {"truncate", truncate},
    {"upper", mapped<to_upper>},
    {"wordcount", word_count},
};

}  // namespace

std::span<const NamedFilter> text_filters() { return kFilters; }

}  // namespace minnow::text::jinja
