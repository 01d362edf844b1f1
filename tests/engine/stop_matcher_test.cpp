#include "engine/stop_matcher.hpp"

#include <gtest/gtest.h>

#include "minnow/error.hpp"

namespace minnow::engine {
namespace {

// Feeds `text` in pieces of `size` bytes; returns what came out.
std::string fed(StopMatcher& stops, std::string_view text, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < text.size() && !stops.found(); i += size) out += stops.add(text.substr(i, size));
  return out + stops.finish();
}

TEST(StopMatcher, FindsAStopStringWhereverTheBordersFall) {
  for (std::size_t size = 1; size < 20; ++size) {
    StopMatcher stops({"STOP", "\nUser:"});
    EXPECT_EQ(fed(stops, "hello\nUseless\nUser: hi STOP", size), "hello\nUseless") << size;
    EXPECT_TRUE(stops.found());
  }
}

TEST(StopMatcher, ReleasesEverythingWhenNothingMatches) {
  for (std::size_t size = 1; size < 20; ++size) {
    StopMatcher stops({"aab", "abc"});
    EXPECT_EQ(fed(stops, "aaaaaab-aa", size), "aaaa") << size;  // "aab" inside a run of a
    StopMatcher none({"xyz"});
    EXPECT_EQ(fed(none, "xyxyxy", size), "xyxyxy") << size;
    EXPECT_FALSE(none.found());
  }
}

TEST(StopMatcher, HoldsBackOnlyWhatMayBeAStopString) {
  StopMatcher stops({"abcd"});
  EXPECT_EQ(stops.add("xxab"), "xx");
  EXPECT_EQ(stops.add("c"), "");
  EXPECT_EQ(stops.add("abc"), "abc");
  EXPECT_EQ(stops.finish(), "abc");
}

TEST(StopMatcher, TakesTheEarliestOfSeveral) {
  StopMatcher stops({"long stop", "st"});
  EXPECT_EQ(stops.add("a long stop st"), "a ");
}

TEST(StopMatcher, CutsNothingFromWhereTheUncutPartBegins) {
  for (std::size_t size = 1; size < 20; ++size) {
    StopMatcher stops({"l>{", "{", "<to"}, {.begins_with = "<tool>"});
    EXPECT_EQ(fed(stops, "I <t <too <tool>{<tool>{", size), "I <t ") << size;  // "<to" of no mark
    StopMatcher calls({"l>{", "{", "too", "e <tool>x"}, {.begins_with = "<tool>"});
    EXPECT_EQ(fed(calls, "Here <tool>x{<tool>{", size), "Here <tool>x{<tool>{") << size;
    EXPECT_FALSE(calls.found());
    StopMatcher before({"e <t"}, {.begins_with = "<tool>"});
    EXPECT_EQ(fed(before, "Here <tool>", size), "Her") << size;
  }
}

TEST(StopMatcher, CutsTextThatOnlyLooksLikeAnUncutBeginning) {
  for (std::size_t size = 1; size < 20; ++size) {
    const UncutPart object{.begins_with = "{\"name\": \"", .only_first = true};
    StopMatcher call({"\"", "e"}, object);
    EXPECT_EQ(fed(call, "{\"name\": \"here\"}", size), "{\"name\": \"here\"}") << size;
    StopMatcher other({"e\""}, object);
    EXPECT_EQ(fed(other, "{\"named\": \"here\"}", size), "{\"named\": \"her") << size;
    StopMatcher later({"e\""}, object);
    EXPECT_EQ(fed(later, "a {\"name\": \"", size), "a {\"nam") << size;
    StopMatcher unfinished({"x"}, object);
    EXPECT_EQ(fed(unfinished, "{\"na", size), "{\"na") << size;
  }
}

TEST(StopMatcher, RefusesAnEmptyStopString) { EXPECT_THROW(StopMatcher({"a", ""}), Error); }

}  // namespace
}  // namespace minnow::engine
