// {fmt} compiled once for the whole program. Debian ships no static libfmt, and header-only use costs each of our files
// three seconds and up to 100 kB; so everybody else includes <fmt/core.h>, which only declares what stands here.
#define FMT_HEADER_ONLY 1
#include <fmt/format.h>

namespace {

// Keeps the one function that fmt::format calls, although nothing here does.
[[gnu::used]] std::string (*const kVformat)(fmt::string_view, fmt::format_args) = &fmt::vformat;

}  // namespace
