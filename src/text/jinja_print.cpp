#include "text/jinja_print.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

void append_repr(Runtime& runtime, BoundedText& out, const Value& value);

void append_escaped(BoundedText& out, char32_t c, std::string_view as_written, char quote) {
  if (c == static_cast<char32_t>(quote) || c == '\\') {
    out.append("\\");
    out.append(as_written);
  } else if (c == '\n' || c == '\r' || c == '\t') {
    out.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
  } else if (is_printable(c)) {
    out.append(as_written);
  } else if (c < 0x100) {
    out.append(fmt::format("\\x{:02x}", static_cast<std::uint32_t>(c)));
  } else if (c < 0x10000) {
    out.append(fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c)));
  } else {
    out.append(fmt::format("\\U{:08x}", static_cast<std::uint32_t>(c)));
  }
}

void append_string_repr(BoundedText& out, const std::string& text) {
  const bool has_single = text.find('\'') != std::string::npos;
  const char quote = has_single && text.find('"') == std::string::npos ? '"' : '\'';
  out.append(std::string_view(&quote, 1));
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t start = position;
    const char32_t c = next_code_point(text, position);
    append_escaped(out, c, std::string_view(text).substr(start, position - start), quote);
  }
  out.append(std::string_view(&quote, 1));
}

void append_items(Runtime& runtime, BoundedText& out, const std::vector<Value>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out.append(", ");
    append_repr(runtime, out, items[i]);
  }
}

void append_sequence_repr(Runtime& runtime, BoundedText& out, const Value& value) {
  const SequenceObject& sequence = value.sequence();
  if (value.is(Kind::iterator)) {
    fail(ErrorCode::invalid_input, "a {} can't be printed; turn it into a list first", sequence.type_name);
  }
  if (value.is(Kind::view)) out.append(fmt::format("{}(", sequence.type_name));
  const bool round = value.is(Kind::tuple);
  out.append(round ? "(" : "[");
  append_items(runtime, out, sequence.items);
  if (round && sequence.items.size() == 1) out.append(",");
  out.append(round ? ")" : "]");
  if (value.is(Kind::view)) out.append(")");
}

void append_dict_repr(Runtime& runtime, BoundedText& out, const DictObject& dict) {
  out.append("{");
  for (std::size_t i = 0; i < dict.entries.size(); ++i) {
    if (i > 0) out.append(", ");
    append_repr(runtime, out, dict.entries[i].first);
    out.append(": ");
    append_repr(runtime, out, dict.entries[i].second);
  }
  out.append("}");
}

std::string range_repr(const RangeObject& range) {
  if (range.step == 1) return fmt::format("range({}, {})", range.start, range.stop);
  return fmt::format("range({}, {}, {})", range.start, range.stop, range.step);
}

void append_repr(Runtime& runtime, BoundedText& out, const Value& value) {
  const Level level(runtime.budget);
  switch (value.kind()) {
    case Kind::undefined:
      out.append("Undefined");
      break;
    case Kind::none:
      out.append("None");
      break;
    case Kind::boolean:
      out.append(value.as_boolean() ? "True" : "False");
      break;
    case Kind::integer:
      out.append(std::to_string(value.as_integer()));
      break;
    case Kind::real:
      out.append(real_text(value.as_real()));
      break;
    case Kind::string:
      if (value.string_object().markup) out.append("Markup(");
      append_string_repr(out, value.as_string());
      if (value.string_object().markup) out.append(")");
      break;
    case Kind::list:
    case Kind::tuple:
    case Kind::view:
    case Kind::iterator:
      append_sequence_repr(runtime, out, value);
      break;
    case Kind::range:
      out.append(range_repr(value.range()));
      break;
    case Kind::dict:
      append_dict_repr(runtime, out, value.dict());
      break;
    case Kind::opaque:
      out.append(value.opaque().printed(runtime));
      break;
  }
}

}  // namespace

std::string real_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific).ptr;
  const std::string_view scientific(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t mark = scientific.find('e');
  const int exponent = std::atoi(std::string(scientific.substr(mark + 1)).c_str());
  if (exponent < -4 || exponent >= 16) return std::string(scientific);  // two exponent digits, as Python's
  const std::string sign = value < 0 || std::signbit(value) ? "-" : "";
  std::string digits;
  for (const char c : scientific.substr(0, mark)) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0') + ".0";
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

void append_text(Runtime& runtime, BoundedText& out, const Value& value) {
  if (value.is(Kind::string)) {
    out.append(value.as_string());
  } else if (!value.is(Kind::undefined)) {
    append_repr(runtime, out, value);
  }
}

std::string to_text(Runtime& runtime, const Value& value) {
  BoundedText out(runtime.budget);
  append_text(runtime, out, value);
  return out.take();
}

std::string to_repr(Runtime& runtime, const Value& value) {
  BoundedText out(runtime.budget);
  append_repr(runtime, out, value);
  return out.take();
}

}  // namespace minnow::text::jinja
