// Text templates inside the template language: 'printf-style' % values and '{}'.format(values).
#pragma once

#include <string>
#include <string_view>

#include "text/jinja_runtime.hpp"

namespace minnow::text::jinja {

// text % values, values being a tuple, a dict for named fields, or one value.
Value format_percent(Runtime& runtime, const std::string& text, const Value& values);
// text.format(*positional, **named)
Value format_braces(Runtime& runtime, const std::string& text, const Arguments& arguments);

}  // namespace minnow::text::jinja
