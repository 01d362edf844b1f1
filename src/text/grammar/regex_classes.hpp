// The named sets of characters of regular expressions.
#pragma once

#include <optional>
#include <string_view>

#include "text/grammar/code_point_set.hpp"

namespace minnow::text {

// What '.' doesn't match.
const CodePointSet& regex_line_ends();
// \d \D \w \W \s \S by their letter; no value for another one.
std::optional<CodePointSet> regex_class(char letter);
// \p{name}: L, N, P, M and White_Space, by their short and long names; no value for another one.
std::optional<CodePointSet> regex_property(std::string_view name);

}  // namespace minnow::text
