// Names from a file, made safe to print in an error.
#pragma once

#include <string>
#include <string_view>

namespace minnow::formats {

// 'text' in quotes; control and non-ASCII bytes become \xNN and a long name is cut short.
std::string printable(std::string_view text);

}  // namespace minnow::formats
