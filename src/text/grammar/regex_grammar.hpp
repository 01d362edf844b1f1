// A grammar for the texts that match a regular expression from the first character to the last.
#pragma once

#include <string_view>

#include "text/grammar/grammar.hpp"

namespace minnow::text {

// Throws what parse_regex and GrammarBuilder throw.
Grammar regex_grammar(std::string_view pattern);

}  // namespace minnow::text
