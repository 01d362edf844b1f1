#include "text/jinja_format.hpp"

#include <algorithm>

#include "text/jinja_number_format.hpp"
#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

// The digits at `position` as a number, or nothing.
std::optional<std::int64_t> read_count(std::string_view text, std::size_t& position) {
  if (position >= text.size() || text[position] < '0' || text[position] > '9') return std::nullopt;
  std::int64_t value = 0;
  while (position < text.size() && text[position] >= '0' && text[position] <= '9') {
    value = std::min<std::int64_t>(value * 10 + (text[position++] - '0'), std::int64_t{1} << 40);
  }
  return value;
}

std::optional<int> read_precision(std::string_view text, std::size_t& position) {
  if (position >= text.size() || text[position] != '.') return std::nullopt;
  ++position;
  const std::int64_t precision = read_count(text, position).value_or(0);
  if (precision > kMaxPrecision) fail(ErrorCode::unsupported, "a format asks for more than {} digits", kMaxPrecision);
  return static_cast<int>(precision);
}

class PercentFormatter {
 public:
  PercentFormatter(Runtime& runtime, std::string_view text, const Value& values)
      : runtime_(runtime), text_(text), values_(values), out_(runtime.budget) {}

  std::string run() {
    while (position_ < text_.size()) {
      const std::size_t mark = std::min(text_.find('%', position_), text_.size());
      out_.append(text_.substr(position_, mark - position_));
      position_ = mark;
      if (mark < text_.size()) format_field();
    }
    // What has subscripts could have been used by name, so Python doesn't miss it.
    const bool may_be_left =
        values_.is(Kind::dict) || values_.is(Kind::list) || values_.is(Kind::range) || values_.is(Kind::undefined);
    if (values_.is(Kind::tuple) ? used_ < values_.items().size() : used_ == 0 && !may_be_left) {
      fail(ErrorCode::invalid_input, "not all arguments converted during string formatting");
    }
    return out_.take();
  }

 private:
  void format_field() {
    ++position_;
    std::optional<Value> named = read_name();
    FormatSpec spec;
    spec.align = '>';
    bool zero = false;
    for (; position_ < text_.size(); ++position_) {
      const char flag = text_[position_];
      if (flag == '-') {
        spec.align = '<';
      } else if (flag == '+' || (flag == ' ' && spec.sign != '+')) {
        spec.sign = flag;
      } else if (flag == '#') {
        spec.alternate = true;
      } else if (flag == '0') {
        zero = true;
      } else if (flag != ' ') {
        break;
      }
    }
    if (position_ < text_.size() && text_[position_] == '*') fail(ErrorCode::unsupported, "'%*' isn't supported");
    spec.width = read_count(text_, position_).value_or(0);
    spec.precision = read_precision(text_, position_);
    if (position_ >= text_.size()) fail(ErrorCode::invalid_input, "incomplete format");
    spec.type = text_[position_++];
    if (spec.type == '%') return out_.append("%");
    if (zero && spec.align != '<' && spec.type != 's' && spec.type != 'r' && spec.type != 'c') {
      spec.align = '=';
      spec.fill = "0";
    }
    out_.append(convert(named ? *named : next_value(), spec));
  }

  std::optional<Value> read_name() {
    if (position_ >= text_.size() || text_[position_] != '(') return std::nullopt;
    const std::size_t end = text_.find(')', position_);
    if (end == std::string_view::npos) fail(ErrorCode::invalid_input, "incomplete format key");
    if (!values_.is(Kind::dict)) fail(ErrorCode::invalid_input, "format requires a mapping");
    const Value key = runtime_.string(std::string(text_.substr(position_ + 1, end - position_ - 1)));
    const Value* found = find_key(runtime_, values_.dict(), key);
    if (found == nullptr) fail(ErrorCode::invalid_input, "the format's key '{}' is missing", key.as_string());
    position_ = end + 1;
    return *found;
  }

  Value next_value() {
    const std::size_t index = used_++;
    if (values_.is(Kind::tuple) ? index >= values_.items().size() : index > 0) {
      fail(ErrorCode::invalid_input, "not enough arguments for format string");
    }
    return values_.is(Kind::tuple) ? values_.items()[index] : values_;
  }

  std::string convert(const Value& value, FormatSpec& spec) {
    switch (spec.type) {
      case 's':
        return format_text(runtime_, to_text(runtime_, value), spec);
      case 'r':
        return format_text(runtime_, to_repr(runtime_, value), spec);
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o':
        return convert_integer(value, spec);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        require_defined(value);
        if (!value.is_number()) fail(ErrorCode::invalid_input, "must be real number, not {}", type_name(value));
        return format_real(runtime_, value.as_real(), spec);
      default:
        fail(ErrorCode::unsupported, "the format '%{}' isn't supported", printable(spec.type));
    }
  }

  std::string convert_integer(const Value& value, const FormatSpec& spec) {
    require_defined(value);
    const bool decimal = spec.type == 'd' || spec.type == 'i' || spec.type == 'u';
    if (decimal && value.is(Kind::real) && value.as_real() > -9e18 && value.as_real() < 9e18) {
      return format_integer(runtime_, static_cast<std::int64_t>(value.as_real()), spec);
    }
    if (!value.is_integral()) fail(ErrorCode::invalid_input, "a number is required, not {}", type_name(value));
    return format_integer(runtime_, value.as_integer(), spec);
  }

  static char printable(char c) { return c >= ' ' && c < 0x7F ? c : '?'; }

  Runtime& runtime_;
  std::string_view text_;
  const Value& values_;
  BoundedText out_;
  std::size_t position_ = 0;
  std::size_t used_ = 0;
};

}  // namespace

Value format_percent(Runtime& runtime, const std::string& text, const Value& values) {
  return runtime.string(PercentFormatter(runtime, text, values).run());
}

}  // namespace minnow::text::jinja
