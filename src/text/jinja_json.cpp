// Values as JSON, the way Python's json.dumps writes them.
#include <algorithm>
#include <cmath>

#include "text/jinja_operators.hpp"
#include "text/jinja_print.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {

namespace {

class JsonWriter {
 public:
  JsonWriter(Runtime& runtime, const JsonStyle& style) : runtime_(runtime), style_(style), out_(runtime.budget) {}

  std::string write(const Value& value) {
    append(value);
    return out_.take();
  }

 private:
  void append(const Value& value) {
    const Level level(runtime_.budget);
    switch (value.kind()) {
      case Kind::none:
      case Kind::boolean:
      case Kind::integer:
      case Kind::real:
        out_.append(scalar(value));
        break;
      case Kind::string:
        append_string(value.as_string());
        break;
      case Kind::list:
      case Kind::tuple:
        append_array(value.items());
        break;
      case Kind::dict:
        append_object(value.dict());
        break;
      default:
        fail(ErrorCode::invalid_input, "Object of type {} is not JSON serializable", type_name(value));
    }
  }

  static std::string scalar(const Value& value) {
    if (value.is(Kind::none)) return "null";
    if (value.is(Kind::boolean)) return value.as_boolean() ? "true" : "false";
    if (value.is(Kind::integer)) return std::to_string(value.as_integer());
    const double real = value.as_real();
    if (std::isnan(real)) return "NaN";
    if (std::isinf(real)) return real < 0 ? "-Infinity" : "Infinity";
    return real_text(real);
  }

  void append_unit(std::uint32_t unit) { out_.append(fmt::format("\\u{:04x}", unit)); }

  void append_character(char32_t c, std::string_view as_written) {
    static constexpr std::string_view kSpecial = "\"\\\n\r\t\f\b";
    static constexpr std::string_view kLetters = "\"\\nrtfb";
    const std::size_t special = c < 0x80 ? kSpecial.find(static_cast<char>(c)) : std::string_view::npos;
    if (special != std::string_view::npos) {
      out_.append("\\");
      out_.append(kLetters.substr(special, 1));
    } else if (c < 0x20 || (style_.ascii_only && c > 0x7E && c < 0x10000)) {
      append_unit(static_cast<std::uint32_t>(c));
    } else if (style_.ascii_only && c >= 0x10000) {
      append_unit(0xD800 + static_cast<std::uint32_t>((c - 0x10000) >> 10));
      append_unit(0xDC00 + static_cast<std::uint32_t>((c - 0x10000) & 0x3FF));
    } else {
      out_.append(as_written);
    }
  }

  void append_string(const std::string& text) {
    out_.append("\"");
    for (std::size_t position = 0; position < text.size();) {
      const std::size_t start = position;
      const char32_t c = next_code_point(text, position);
      append_character(c, std::string_view(text).substr(start, position - start));
    }
    out_.append("\"");
  }

  void new_line(std::size_t depth) {
    if (!style_.multiline) return;
    out_.append("\n");
    out_.append(style_.indent, depth);
  }

  void append_array(const std::vector<Value>& items) {
    out_.append("[");
    if (!items.empty()) {
      ++depth_;
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) out_.append(style_.item_separator);
        new_line(depth_);
        append(items[i]);
      }
      new_line(--depth_);
    }
    out_.append("]");
  }

  void append_object(const DictObject& dict) {
    std::vector<DictObject::Entry> entries = dict.entries;
    runtime_.budget.spend(entries.size());
    if (style_.sort_keys) {
      std::stable_sort(entries.begin(), entries.end(),
                       [&](const auto& left, const auto& right) { return is_less(runtime_, left.first, right.first); });
    }
    out_.append("{");
    if (!entries.empty()) {
      ++depth_;
      for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i > 0) out_.append(style_.item_separator);
        new_line(depth_);
        append_key(entries[i].first);
        out_.append(style_.key_separator);
        append(entries[i].second);
      }
      new_line(--depth_);
    }
    out_.append("}");
  }

  void append_key(const Value& key) {
    if (key.is(Kind::string)) return append_string(key.as_string());
    if (!key.is(Kind::none) && !key.is_number()) {
      fail(ErrorCode::invalid_input, "keys of a JSON object can't be {}", type_name(key));
    }
    append_string(scalar(key));
  }

  Runtime& runtime_;
  const JsonStyle& style_;
  BoundedText out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string to_json(Runtime& runtime, const Value& value, const JsonStyle& style) {
  return JsonWriter(runtime, style).write(value);
}

}  // namespace minnow::text::jinja
