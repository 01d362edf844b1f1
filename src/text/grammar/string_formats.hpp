// What JSON Schema's "format" asks of a text, as regular expressions.
#pragma once

#include <string>
#include <string_view>

namespace minnow::text {

// The expression a whole text of this format matches; nullptr for a format we don't know.
const char* format_pattern(std::string_view format);
// "date, time, …" for messages.
std::string known_formats();

}  // namespace minnow::text
