// A moment as text: strftime in English, whatever the process's locale.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace minnow::text::jinja {

// Local time. Throws Error(unsupported) for a directive we lack.
std::string format_time(std::time_t moment, std::string_view format);

}  // namespace minnow::text::jinja
