#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "minnow/error.hpp"
#include "text/grammar/character_automaton.hpp"
#include "text/grammar/matching.hpp"
#include "text/grammar/regex_grammar.hpp"
#include "text/grammar/string_formats.hpp"

namespace minnow::text {
namespace {

using minnow::testing::matches;
using ::testing::HasSubstr;

bool contains(const std::string& pattern, std::string_view text) {
  return CharacterAutomaton::containing(parse_regex(pattern)).matches(text);
}

// A grammar that nothing matches is refused.
bool grammar_matches(const std::string& pattern, std::string_view text) {
  try {
    return matches(regex_grammar(pattern), text);
  } catch (const Error&) {
    return false;
  }
}

bool whole(const std::string& pattern, std::string_view text) {
  const bool by_automaton = CharacterAutomaton::matching(parse_regex(pattern)).matches(text);
  const bool by_grammar = grammar_matches(pattern, text);
  EXPECT_EQ(by_automaton, by_grammar) << pattern << " on " << text;
  return by_automaton;
}

std::string refusal(const std::string& pattern) {
  try {
    (void)CharacterAutomaton::matching(parse_regex(pattern));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Regex, MatchesWholeTexts) {
  EXPECT_TRUE(whole("a(b|cd)*e?", "abcdbe"));
  EXPECT_FALSE(whole("a(b|cd)*e?", "abce"));
  EXPECT_TRUE(whole("(\\d{3}-){2}\\d{4}", "555-123-4567"));
  EXPECT_FALSE(whole("(\\d{3}-){2}\\d{4}", "555-123-456"));
  EXPECT_TRUE(whole("[^\\s,]+(,\\s?[^\\s,]+)*", "a, b,c"));
  EXPECT_TRUE(whole("\\u00e9\\x41\\cJ\\t\\/\\.", "éA\n\t/."));
  EXPECT_TRUE(whole("(?<year>[0-9]{4})(?:-x)+?", "2024-x-x"));
  EXPECT_TRUE(whole("\\p{L}+\\p{N}", "Größe²"));
  EXPECT_FALSE(whole("\\P{L}", "ß"));
  EXPECT_TRUE(whole("[\\w.-]{2,}", "a-b.c_d"));
  EXPECT_FALSE(whole(".", "\n"));
  EXPECT_TRUE(whole(".", "\U0001F600"));
  EXPECT_TRUE(whole("^ab$", "ab"));
  EXPECT_FALSE(whole("a^b", "ab"));
  EXPECT_TRUE(whole("(^a|b)c", "ac"));
  EXPECT_TRUE(whole("", ""));
  EXPECT_FALSE(whole("[]", ""));
  EXPECT_TRUE(whole("[^]", "x"));
}

TEST(Regex, FindsMatchesAnywhereUnlessAnchored) {
  EXPECT_TRUE(contains("b+", "abbc"));
  EXPECT_FALSE(contains("^b", "ab"));
  EXPECT_TRUE(contains("^a", "ab"));
  EXPECT_TRUE(contains("b$", "ab"));
  EXPECT_FALSE(contains("a$", "ab"));
  EXPECT_TRUE(contains("^$", ""));
  EXPECT_TRUE(contains("$^", ""));
  EXPECT_FALSE(contains("$^", "x"));
  EXPECT_TRUE(contains("^a|b$", "xxb"));
  EXPECT_FALSE(contains("^(a|b)$", "xb"));
}

TEST(Regex, RefusesWhatIsNotRegularByName) {
  EXPECT_THAT(refusal("(a)\\1"), HasSubstr("back-references"));
  EXPECT_THAT(refusal("a(?=b)"), HasSubstr("look-ahead"));
  EXPECT_THAT(refusal("(?<!a)b"), HasSubstr("look-ahead and look-behind"));
  EXPECT_THAT(refusal("\\bword"), HasSubstr("word boundaries"));
  EXPECT_THAT(refusal("\\p{Script=Greek}"), HasSubstr("Unicode property"));
}

TEST(Regex, RefusesMalformedPatternsSayingWhere) {
  EXPECT_THAT(refusal("ab("), HasSubstr("byte 3: ')' is missing"));
  EXPECT_THAT(refusal("ab)"), HasSubstr("byte 2: ')' has no '('"));
  EXPECT_THAT(refusal("*a"), HasSubstr("nothing before it"));
  EXPECT_THAT(refusal("[a"), HasSubstr("no closing ']'"));
  EXPECT_THAT(refusal("[b-a]"), HasSubstr("backwards"));
  EXPECT_THAT(refusal("a{2,1}"), HasSubstr("wrong way round"));
  EXPECT_THAT(refusal("a\\"), HasSubstr("ends with"));
  EXPECT_THAT(refusal("\\u{110000}"), HasSubstr("no Unicode character"));
  EXPECT_THAT(refusal(std::string(200, '(')), HasSubstr("too deep"));
}

TEST(Regex, RefusesExpressionsThatExplode) {
  EXPECT_THAT(refusal("(a|b)*a(a|b){30}"), HasSubstr("more than"));
  EXPECT_THAT(refusal("((a{1000}){1000}){1000}"), HasSubstr("more than"));
  EXPECT_EQ(refusal("(((){1000000}){1000000}){1000000}"), "");
}

TEST(CharacterAutomaton, IntersectsAndComplements) {
  const auto words = CharacterAutomaton::matching(parse_regex("[a-z]+"));
  const auto with_b = CharacterAutomaton::containing(parse_regex("b"));
  const auto both = words.intersection(with_b);
  EXPECT_TRUE(both.matches("abc"));
  EXPECT_FALSE(both.matches("acc"));
  EXPECT_FALSE(both.matches("ab1"));
  const auto neither = words.without(CharacterAutomaton::texts({"name", "age"}));
  EXPECT_FALSE(neither.matches("name"));
  EXPECT_TRUE(neither.matches("names"));
  EXPECT_TRUE(neither.matches("nam"));
  EXPECT_TRUE(words.intersection(words.complement()).empty());
  EXPECT_FALSE(words.complement().empty());
  EXPECT_TRUE(words.complement().matches(""));
}

TEST(CharacterAutomaton, CountsCharactersNotBytes) {
  const auto some = CharacterAutomaton::containing(parse_regex("é")).with_length(2, 3);
  EXPECT_TRUE(some.matches("éé"));
  EXPECT_TRUE(some.matches("aéb"));
  EXPECT_FALSE(some.matches("é"));
  EXPECT_FALSE(some.matches("éaaa"));
}

TEST(StringFormats, KnowTheCalendar) {
  const auto date = CharacterAutomaton::matching(parse_regex(format_pattern("date")));
  EXPECT_TRUE(date.matches("2024-02-29"));
  EXPECT_TRUE(date.matches("2000-02-29"));
  EXPECT_FALSE(date.matches("1900-02-29"));
  EXPECT_FALSE(date.matches("2023-02-29"));
  EXPECT_FALSE(date.matches("2023-04-31"));
  EXPECT_FALSE(date.matches("2023-13-01"));
  EXPECT_EQ(format_pattern("rune"), nullptr);
}

}  // namespace
}  // namespace minnow::text
