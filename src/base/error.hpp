// Shorthand for throwing minnow::Error with a formatted sentence.
//
//   fail(ErrorCode::invalid_input, "{}: tensor '{}' ends {} bytes past the end of the file", path, name, excess);
#pragma once

#include <fmt/core.h>

#include "minnow/error.hpp"

namespace minnow {

template <typename... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> sentence, Args&&... args) {
  throw Error(code, fmt::format(sentence, std::forward<Args>(args)...));
}

}  // namespace minnow
