// '{}'.format(…): fields by position or name, their attributes and items, conversions and specifications.
#include <algorithm>
#include <charconv>

#include "text/jinja_format.hpp"
#include "text/jinja_number_format.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

std::optional<std::size_t> to_index(std::string_view text) {
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

FormatSpec read_spec(std::string_view text) {
  FormatSpec spec;
  std::size_t position = 0;
  const auto is_align = [&](std::size_t place) {
    return place < text.size() && std::string_view("<>^=").find(text[place]) != std::string_view::npos;
  };
  const auto take = [&](std::string_view allowed) {
    if (position >= text.size() || allowed.find(text[position]) == std::string_view::npos) return '\0';
    return text[position++];
  };
  if (const std::size_t fill_size = byte_offset(text, 1); fill_size > 0 && is_align(fill_size)) {
    spec.fill = text.substr(0, fill_size);
    spec.align = text[fill_size];
    position = fill_size + 1;
  } else {
    spec.align = take("<>^=");
  }
  if (const char sign = take("+- "); sign != '\0') spec.sign = sign;
  spec.alternate = take("#") != '\0';
  if (take("0") != '\0' && spec.align == '\0') {
    spec.align = '=';
    spec.fill.assign(1, '0');
  }
  const auto read_number = [&] {
    std::int64_t value = 0;
    while (const char digit = take("0123456789")) {
      value = std::min<std::int64_t>(value * 10 + (digit - '0'), std::int64_t{1} << 40);
    }
    return value;
  };
  spec.width = read_number();
  spec.grouping = take(",_");
  if (take(".") != '\0') {
    const std::int64_t precision = read_number();
    if (precision > kMaxPrecision) fail(ErrorCode::unsupported, "a format asks for more than {} digits", kMaxPrecision);
    spec.precision = static_cast<int>(precision);
  }
  spec.type = take("bcdeEfFgGnosxX%");
  if (position != text.size()) fail(ErrorCode::invalid_input, "invalid format specifier '{}'", text.substr(0, 40));
  return spec;
}

class BraceFormatter {
 public:
  BraceFormatter(Runtime& runtime, std::string_view text, const Arguments& arguments)
      : runtime_(runtime), text_(text), arguments_(arguments), out_(runtime.budget) {}

  std::string run() {
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c != '{' && c != '}') {
        const std::size_t end = std::min(text_.find_first_of("{}", position_), text_.size());
        out_.append(text_.substr(position_, end - position_));
        position_ = end;
      } else if (position_ + 1 < text_.size() && text_[position_ + 1] == c) {
        out_.append(text_.substr(position_, 1));
        position_ += 2;
      } else if (c == '}') {
        fail(ErrorCode::invalid_input, "single '}}' encountered in format string");
      } else {
        format_field();
      }
    }
    return out_.take();
  }

 private:
  void format_field() {
    const std::size_t end = text_.find('}', position_);
    if (end == std::string_view::npos) fail(ErrorCode::invalid_input, "single '{{' encountered in format string");
    std::string_view field = text_.substr(position_ + 1, end - position_ - 1);
    position_ = end + 1;
    if (field.find('{') != std::string_view::npos)
      fail(ErrorCode::unsupported, "nested format fields aren't supported");
    std::string_view spec;
    if (const std::size_t colon = field.find(':'); colon != std::string_view::npos) {
      spec = field.substr(colon + 1);
      field = field.substr(0, colon);
    }
    char conversion = '\0';
    if (const std::size_t mark = field.find('!'); mark != std::string_view::npos) {
      if (mark + 2 != field.size()) fail(ErrorCode::invalid_input, "a format's conversion is one letter");
      conversion = field[mark + 1];
      field = field.substr(0, mark);
    }
    out_.append(lay_out(look_up(field), conversion, spec));
  }

  Value look_up(std::string_view field) {
    const std::size_t name_end = std::min(field.find_first_of(".["), field.size());
    Value value = argument(field.substr(0, name_end));
    std::string_view rest = field.substr(name_end);
    while (!rest.empty()) {
      if (rest[0] == '.') {
        const std::size_t end = std::min(rest.find_first_of(".[", 1), rest.size());
        value = get_attribute(runtime_, value, rest.substr(1, end - 1));
        rest = rest.substr(end);
      } else {
        const std::size_t end = rest.find(']');
        if (rest[0] != '[' || end == std::string_view::npos)
          fail(ErrorCode::invalid_input, "a format's field is broken");
        const std::string_view key = rest.substr(1, end - 1);
        const auto index = to_index(key);
        value = get_item(runtime_, value,
                         index ? Value::integer(static_cast<std::int64_t>(*index)) : runtime_.string(std::string(key)));
        rest = rest.substr(end + 1);
      }
      require_defined(value);
    }
    return value;
  }

  Value argument(std::string_view name) {
    const auto index = name.empty() ? std::optional<std::size_t>(next_++) : to_index(name);
    if (index) {
      if (*index >= arguments_.positional.size()) fail(ErrorCode::invalid_input, "a format's field has no argument");
      return arguments_.positional[*index];
    }
    for (const auto& [known, value] : arguments_.named) {
      if (known == name) return value;
    }
    fail(ErrorCode::invalid_input, "a format's field '{}' has no argument", name.substr(0, 40));
  }

  std::string lay_out(const Value& value, char conversion, std::string_view spec_text) {
    if (conversion == 'r') return format_text(runtime_, to_repr(runtime_, value), read_spec(spec_text));
    if (conversion == 's') return format_text(runtime_, to_text(runtime_, value), read_spec(spec_text));
    if (conversion != '\0') fail(ErrorCode::unsupported, "a format's conversion is r or s");
    if (spec_text.empty()) return to_text(runtime_, value);
    const FormatSpec spec = read_spec(spec_text);
    if (value.is_integral() && spec.type != 's') return format_integer(runtime_, value.as_integer(), spec);
    if (value.is(Kind::real)) return format_real(runtime_, value.as_real(), spec);
    if (!value.is(Kind::string) || (spec.type != '\0' && spec.type != 's')) {
      fail(ErrorCode::invalid_input, "'{}' can't be formatted by '{}'", type_name(value), spec_text.substr(0, 40));
    }
    return format_text(runtime_, value.as_string(), spec);
  }

  Runtime& runtime_;
  std::string_view text_;
  const Arguments& arguments_;
  BoundedText out_;
  std::size_t position_ = 0;
  std::size_t next_ = 0;
};

}  // namespace

Value format_braces(Runtime& runtime, const std::string& text, const Arguments& arguments) {
  return runtime.string(BraceFormatter(runtime, text, arguments).run());
}

}  // namespace minnow::text::jinja
