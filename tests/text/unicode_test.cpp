#include "text/unicode.hpp"

#include <gtest/gtest.h>

#include "text/unicode_normalize.hpp"

namespace minnow::text {
namespace {

TEST(Unicode, ReplacesEachMaximalIllFormedPartOnce) {
  EXPECT_EQ(replace_invalid_utf8("a\xE2\x82z"), "a\uFFFDz");                        // cut short: one part
  EXPECT_EQ(replace_invalid_utf8("\xF0\x9F\x98"), "\uFFFD");                        // cut short by the end
  EXPECT_EQ(replace_invalid_utf8("\xC0\xAF"), "\uFFFD\uFFFD");                      // overlong: no lead byte at all
  EXPECT_EQ(replace_invalid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // a surrogate
  EXPECT_EQ(replace_invalid_utf8("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // past U+10FFFF
  EXPECT_EQ(replace_invalid_utf8("\x80\xBF"
                                 "b"),
            "\uFFFD\uFFFD"
            "b");
}

TEST(Unicode, LeavesWellFormedTextAlone) {
  const std::string text = "\x7F\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\U00010000\U0010FFFF";
  EXPECT_TRUE(is_valid_utf8(text));
  EXPECT_EQ(replace_invalid_utf8(text), text);
}

TEST(Unicode, TellsAnUnfinishedCharacterFromABrokenOne) {
  EXPECT_TRUE(decode_utf8("\xF0\x9F\x98", 0).truncated);
  EXPECT_FALSE(decode_utf8("\xF0\x9Fz", 0).truncated);
  EXPECT_FALSE(decode_utf8("\x80", 0).truncated);
}

TEST(Unicode, KnowsTheKindsTokenizersAskFor) {
  EXPECT_EQ(kinds_of('\n'), kSpace | kLineBreak);
  EXPECT_EQ(kinds_of(0x85), kSpace);  // next line
  EXPECT_EQ(kinds_of(0x180E), 0);     // Mongolian vowel separator: no space since Unicode 6.3
  EXPECT_EQ(kinds_of(0x200B), 0);     // zero width space is no white space
  EXPECT_EQ(kinds_of('Q'), kLetter | kUpperLike);
  EXPECT_EQ(kinds_of(0x4E2D), kLetter | kUpperLike | kLowerLike);
  EXPECT_EQ(kinds_of(0x301), kMark | kUpperLike | kLowerLike);
  EXPECT_EQ(kinds_of(0xBD), kNumber);
  EXPECT_EQ(kinds_of('$'), 0);
  EXPECT_EQ(kinds_of('!'), kPunctuation);
}

TEST(UnicodeNormalize, ComposesAndOrdersMarks) {
  EXPECT_EQ(compose_canonically("e\u0301"), "é");
  EXPECT_EQ(compose_canonically("a\u0302\u0323"), "ậ");        // the dot below comes first
  EXPECT_EQ(compose_canonically("\u1100\u1161\u11A8"), "각");  // Hangul
  EXPECT_EQ(compose_canonically("\u212B"), "Å");               // the Ångström sign is a letter
  EXPECT_EQ(compose_canonically("\u0958"), "\u0915\u093C");    // excluded from composition
  EXPECT_EQ(compose_canonically("plain ÿ"), "plain ÿ");
}

TEST(UnicodeNormalize, SortsALongRunOfMarksQuickly) {
  std::string marks = "a";
  for (int i = 0; i < 250'000; ++i) marks += "\u0301\u0323";
  const auto ordered = decompose_canonically(marks);
  ASSERT_EQ(ordered.size(), 500'001u);
  EXPECT_EQ(ordered[1], char32_t{0x323});
  EXPECT_EQ(ordered[250'000], char32_t{0x323});
  EXPECT_EQ(ordered[250'001], char32_t{0x301});
}

}  // namespace
}  // namespace minnow::text
