// Values as text: Python's str() and repr(), and JSON.
#pragma once

#include <string>
#include <string_view>

#include "text/jinja_runtime.hpp"

namespace minnow::text::jinja {

std::string to_text(Runtime& runtime, const Value& value);
std::string to_repr(Runtime& runtime, const Value& value);
// The text of a value that is to be appended: without a copy when it is a string.
void append_text(Runtime& runtime, BoundedText& out, const Value& value);

// repr of a float: the shortest digits that read back the same, as Python writes them.
std::string real_text(double value);

struct JsonStyle {
  bool ascii_only = false;
  bool sort_keys = false;
  bool multiline = false;
  std::string indent;
  std::string item_separator = ", ";
  std::string key_separator = ": ";
};

// json.dumps. Throws for values JSON has no form for.
std::string to_json(Runtime& runtime, const Value& value, const JsonStyle& style);

}  // namespace minnow::text::jinja
