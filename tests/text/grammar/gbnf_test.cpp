#include "text/grammar/gbnf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "minnow/error.hpp"
#include "text/grammar/matching.hpp"

namespace minnow::text {
namespace {

using minnow::testing::forced_after;
using minnow::testing::matches;
using ::testing::HasSubstr;

std::string refusal(const std::string& source) {
  try {
    (void)parse_gbnf(source);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Gbnf, MatchesLiteralsAndEscapes) {
  const Grammar grammar = parse_gbnf(R"(root ::= "a\"b\\\n\x41\u00e9\U0001F600")");
  EXPECT_TRUE(matches(grammar, "a\"b\\\nA\u00e9\U0001F600"));
  EXPECT_FALSE(matches(grammar, "a\"b\\\nA\u00e9"));
  EXPECT_FALSE(matches(grammar, "a\"b\\\nA\u00e9\U0001F601"));
}

TEST(Gbnf, MatchesClassesOfCharactersNotBytes) {
  const Grammar grammar = parse_gbnf("root ::= [a-z\u00e0-\u00ff] [^a-z\\n] . [\\]x-]");
  EXPECT_TRUE(matches(grammar, "é5\u4e2d]"));
  EXPECT_TRUE(matches(grammar, "b\U0001F600\n-"));
  EXPECT_FALSE(matches(grammar, "bb.x"));
  EXPECT_FALSE(matches(grammar, "b\n.x"));
  EXPECT_FALSE(matches(grammar, "B5.x"));
  EXPECT_FALSE(matches(grammar,
                       "\xC3"
                       "5.x"));  // half a character
}

TEST(Gbnf, CountsRepetitions) {
  const Grammar grammar = parse_gbnf(R"(root ::= "a"* "b"+ "c"? "d"{2} "e"{1,} "f"{0,3} ("gh"){1,2})");
  EXPECT_TRUE(matches(grammar, "bddegh"));
  EXPECT_TRUE(matches(grammar, "aaaabbbcddeeeefffghgh"));
  EXPECT_FALSE(matches(grammar, "bdegh"));
  EXPECT_FALSE(matches(grammar, "bddeffffgh"));
  EXPECT_FALSE(matches(grammar, "bddeghghgh"));
  EXPECT_FALSE(matches(grammar, "addegh"));
}

TEST(Gbnf, LargeCountsCostNothing) {
  const Grammar grammar = parse_gbnf("root ::= [a-z]{1000,100000} \"!\"");
  EXPECT_LT(grammar.nodes.size(), 20u);
  EXPECT_FALSE(matches(grammar, std::string(999, 'x') + "!"));
  EXPECT_TRUE(matches(grammar, std::string(1000, 'x') + "!"));
  EXPECT_TRUE(matches(grammar, std::string(100000, 'x') + "!"));
  EXPECT_FALSE(matches(grammar, std::string(100001, 'x') + "!"));
}

TEST(Gbnf, FollowsRecursionInTheMiddle) {
  const Grammar grammar = parse_gbnf("root ::= \"(\" root \")\" | \"x\"");
  EXPECT_TRUE(matches(grammar, "((((x))))"));
  EXPECT_FALSE(matches(grammar, "((((x)))"));
  EXPECT_FALSE(matches(grammar, "((((x)))))"));
  EXPECT_EQ(forced_after(grammar, "(((x"), ")))");
}

TEST(Gbnf, ReadsACommonJsonGrammar) {
  const Grammar grammar = parse_gbnf(R"(# any JSON value
root   ::= object
value  ::= object | array | string | number | ("true" | "false" | "null") ws

object ::=
  "{" ws (
            string ":" ws value
    ("," ws string ":" ws value)*
  )? "}" ws
array  ::= "[" ws ( value ("," ws value)* )? "]" ws
string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\"" ws
number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
ws ::= | " " | "\n" [ \t]{0,20}
)");
  EXPECT_TRUE(matches(grammar, R"({"a": [1, -2.5, "x\n\u00e9", true, null, {}], "b": {"c": []}})"));
  EXPECT_FALSE(matches(grammar, R"({"a": [1,, 2]})"));
  EXPECT_FALSE(matches(grammar, R"({"a": 01})"));
  EXPECT_FALSE(matches(grammar, R"([])"));
}

TEST(Gbnf, ReadsAChessGrammar) {
  const Grammar grammar = parse_gbnf(R"(
root ::= "1. " move " " move "\n" ([1-9] [0-9]? ". " move " " move "\n")+
move ::= (pawn | nonpawn | castle) [+#]?
nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
pawn ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
castle ::= "O-O" "-O"?
)");
  EXPECT_TRUE(matches(grammar, "1. e4 e5\n2. Nf3 Nc6\n3. Bb5 a6\n4. O-O Nxe4\n"));
  EXPECT_FALSE(matches(grammar, "1. e4 e9\n2. Nf3 Nc6\n"));
}

TEST(Gbnf, AmbiguityDoesNotGrowWithTheText) {
  const Grammar grammar = parse_gbnf("root ::= (\"a\" | \"aa\" | [a-z])* \"!\"");
  EXPECT_TRUE(matches(grammar, std::string(100000, 'a') + "!"));
}

TEST(Gbnf, RoundsThatMatchNothingAreNoRounds) {
  EXPECT_TRUE(matches(parse_gbnf("root ::= (\"a\"? \"b\"?){5,9} \"!\""), "ab!"));
  EXPECT_TRUE(matches(parse_gbnf("root ::= (\"a\"*)* \"!\""), "aaa!"));
  EXPECT_FALSE(matches(parse_gbnf("root ::= (\"a\"?){2,3} \"!\""), "aaaa!"));
}

TEST(Gbnf, RefusesWhatItCannotRunNamingTheRule) {
  EXPECT_THAT(refusal("root ::= root \"a\" | \"b\""), HasSubstr("'root' can begin with itself"));
  EXPECT_THAT(refusal("root ::= x\nx ::= [a]? y\ny ::= x | \"b\""), HasSubstr("can begin with itself"));
  EXPECT_THAT(refusal("root ::= thing"), HasSubstr("'thing'"));
  EXPECT_THAT(refusal("a ::= \"b\""), HasSubstr("'root'"));
  EXPECT_THAT(refusal("root ::= \"(\" root \")\""), HasSubstr("no text can match"));
  EXPECT_THAT(refusal("root ::= \"a\"\nroot ::= \"b\""), HasSubstr("line 2: the rule 'root' is defined twice"));
}

TEST(Gbnf, RefusesMalformedTextNamingTheLine) {
  EXPECT_THAT(refusal("root ::= \"a\n"), HasSubstr("line 1: a literal has no closing"));
  EXPECT_THAT(refusal("\n\nroot ::= [a-"), HasSubstr("line 3: a class of characters has no closing"));
  EXPECT_THAT(refusal("root ::= [z-a]"), HasSubstr("backwards"));
  EXPECT_THAT(refusal("root ::= (\"a\""), HasSubstr("')' is missing"));
  EXPECT_THAT(refusal("root ::= \"a\")"), HasSubstr("')' isn't expected here"));
  EXPECT_THAT(refusal("root ::= *"), HasSubstr("nothing before it"));
  EXPECT_THAT(refusal("root ::= \"a\"{3,2}"), HasSubstr("makes no sense"));
  EXPECT_THAT(refusal("root ::= \"a\"{9999999}"), HasSubstr("isn't supported"));
  EXPECT_THAT(refusal("root = \"a\""), HasSubstr("'::=' is expected"));
  EXPECT_THAT(refusal("root ::= \"\\q\""), HasSubstr("is no escape"));
  EXPECT_THAT(refusal("root ::= \"\\ud800\""), HasSubstr("no Unicode character"));
  EXPECT_THAT(refusal("root ::= <[42]>"), HasSubstr("tokens named in a grammar"));
  EXPECT_THAT(refusal("root ::= \"\xFF\""), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal(std::string(300, '(')), HasSubstr("a rule's name"));
  EXPECT_THAT(refusal("root ::= " + std::string(300, '(')), HasSubstr("nested more than"));
  EXPECT_THAT(refusal(""), HasSubstr("no rule named 'root'"));
}

TEST(Gbnf, RefusesAGrammarThatIsTooAmbiguousWhileItRuns) {
  // Every "a" may be followed by any of two rules that look alike: the stacks double with each.
  const Grammar grammar = parse_gbnf("root ::= \"a\" (root x | root y)? \nx ::= \"b\" \"c\" \ny ::= \"b\" \"d\"");
  EXPECT_THROW((void)matches(grammar, std::string(64, 'a')), Error);
}

}  // namespace
}  // namespace minnow::text
