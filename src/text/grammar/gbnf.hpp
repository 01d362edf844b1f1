// Grammars as text, in the notation known as GBNF:
//
//   root  ::= greeting " " [A-Z] [a-z]* ("!" | "." )?   # a comment
//   greeting ::= "Hello" | "Good " ("morning" | "night")
//
// Rules, literals with escapes, classes of characters (negated with ^), '.' for any character, groups, alternatives,
// and the repetitions * + ? {n} {n,} {n,m}. A rule ends with its line, except inside parentheses and around '|'.
#pragma once

#include <string_view>

#include "text/grammar/grammar.hpp"

namespace minnow::text {

// The text must match the rule "root". Throws Error(invalid_input) naming the line of what is wrong.
Grammar parse_gbnf(std::string_view source, const GrammarLimits& limits = {});

}  // namespace minnow::text
