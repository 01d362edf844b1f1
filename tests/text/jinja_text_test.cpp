// Python's str rules on UTF-8 where the golden renderings don't reach.
#include <gtest/gtest.h>

#include "text/jinja_print.hpp"
#include "text/jinja_text.hpp"

namespace minnow::text::jinja {
namespace {

TEST(JinjaText, CountsAStrayByteAsOneCodePoint) {
  EXPECT_EQ(count_code_points("aé漢👍"), 4u);
  EXPECT_EQ(count_code_points("\x80\xC3\xE2\x82"), 4u);
  EXPECT_EQ(count_code_points("\xED\xA0\x80"), 3u);      // half a surrogate pair
  EXPECT_EQ(count_code_points("\xC0\x80"), 2u);          // overlong
  EXPECT_EQ(count_code_points("\xF4\x90\x80\x80"), 4u);  // beyond Unicode
}

TEST(JinjaText, StripsFromBothSidesAcrossStrayBytes) {
  EXPECT_EQ(strip_space(" \u2003\xFF x \xBF\u3000\n"), "\xFF x \xBF");
  EXPECT_EQ(strip_any_of("éaé", "é"), "a");
  EXPECT_EQ(strip_any_of("\xA9\x61\xC3\xA9", "é"), "\xA9\x61");
  EXPECT_EQ(strip_space("\u00a0"), "");
}

TEST(JinjaText, SplitsAtSpaceFromEitherEnd) {
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(split_space("  a  b c ", 1), (Words{"a", "b c"}));
  EXPECT_EQ(split_space_from_right("  a  b c ", 1), (Words{"a  b", "c"}));
  EXPECT_EQ(split_space("", 9), Words{});
  EXPECT_EQ(split_space("a b", 0), (Words{"a b"}));
}

TEST(JinjaText, CapitalizesLettersThatBecomeSeveral) {
  EXPECT_EQ(to_upper("straße ﬃ ŉ"), "STRASSE FFI ʼN");
  EXPECT_EQ(to_title("ǆ ßa"), "ǅ Ssa");
  EXPECT_EQ(to_lower("ΟΔΟΣ ΣΑΣ' Σ"), "οδος σας' σ");
}

TEST(JinjaPrint, WritesFloatsAsPythonDoes) {
  EXPECT_EQ(real_text(1e16), "1e+16");
  EXPECT_EQ(real_text(9999999999999998.0), "9999999999999998.0");
  EXPECT_EQ(real_text(1e-4), "0.0001");
  EXPECT_EQ(real_text(1.5e-5), "1.5e-05");
  EXPECT_EQ(real_text(-0.0), "-0.0");
  EXPECT_EQ(real_text(5e-324), "5e-324");
  EXPECT_EQ(real_text(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(real_text(123.0), "123.0");
}

}  // namespace
}  // namespace minnow::text::jinja
