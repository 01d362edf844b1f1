#include "formats/metadata.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "minnow/error.hpp"

namespace minnow::formats {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Metadata sample() {
  Metadata metadata;
  metadata.set("yes", true);
  metadata.set("negative", std::int64_t{-3});
  metadata.set("five", std::int64_t{5});
  metadata.set("huge", std::numeric_limits<std::uint64_t>::max());
  metadata.set("one", std::uint64_t{1});
  metadata.set("real", 0.5);
  metadata.set("text", std::string("a text"));
  metadata.set("texts", std::vector<std::string>{"a", "b"});
  metadata.set("signed", std::vector<std::int64_t>{-1, 2});
  metadata.set("unsigned", std::vector<std::uint64_t>{1, 2});
  metadata.set("huges", std::vector<std::uint64_t>{1, std::numeric_limits<std::uint64_t>::max()});
  metadata.set("reals", std::vector<double>{0.5});
  metadata.set("flags", std::vector<bool>{true, false});
  return metadata;
}

TEST(Metadata, HasNoValueForAnAbsentKey) {
  const Metadata metadata;
  EXPECT_EQ(metadata.find("key"), nullptr);
  EXPECT_EQ(metadata.unsigned_integer("key"), std::nullopt);
  EXPECT_EQ(metadata.integer("key"), std::nullopt);
  EXPECT_EQ(metadata.number("key"), std::nullopt);
  EXPECT_EQ(metadata.boolean("key"), std::nullopt);
  EXPECT_EQ(metadata.text("key"), std::nullopt);
  EXPECT_TRUE(metadata.texts("key").empty());
  EXPECT_TRUE(metadata.numbers("key").empty());
  EXPECT_TRUE(metadata.integers("key").empty());
}

TEST(Metadata, ConvertsNumbersWhereTheyFit) {
  const Metadata metadata = sample();
  EXPECT_EQ(metadata.unsigned_integer("five"), 5u);
  EXPECT_EQ(metadata.unsigned_integer("yes"), 1u);
  EXPECT_EQ(metadata.integer("one"), 1);
  EXPECT_EQ(metadata.integer("negative"), -3);
  EXPECT_EQ(metadata.number("negative"), -3.0);
  EXPECT_EQ(metadata.number("one"), 1.0);
  EXPECT_EQ(metadata.number("real"), 0.5);
  EXPECT_EQ(metadata.boolean("one"), true);
  EXPECT_EQ(metadata.text("text"), "a text");
  EXPECT_EQ(metadata.numbers("signed"), (std::vector<double>{-1.0, 2.0}));
  EXPECT_EQ(metadata.numbers("unsigned"), (std::vector<double>{1.0, 2.0}));
  EXPECT_EQ(metadata.integers("unsigned"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(metadata.integers("flags"), (std::vector<std::int64_t>{1, 0}));
}

TEST(Metadata, RefusesNumbersThatDoNotFit) {
  const Metadata metadata = sample();
  EXPECT_THAT([&] { metadata.unsigned_integer("negative"); },
              ThrowsMessage<Error>(HasSubstr("'negative' doesn't fit")));
  EXPECT_THAT([&] { metadata.integer("huge"); }, ThrowsMessage<Error>(HasSubstr("'huge' doesn't fit")));
  EXPECT_THAT([&] { metadata.integers("huges"); }, ThrowsMessage<Error>(HasSubstr("'huges' doesn't fit")));
  EXPECT_THAT([&] { metadata.boolean("five"); }, ThrowsMessage<Error>(HasSubstr("'five' doesn't fit a boolean")));
  EXPECT_THAT([&] { metadata.boolean("huge"); }, ThrowsMessage<Error>(HasSubstr("'huge' doesn't fit")));
}

TEST(Metadata, NamesTheKeyAndBothTypesWhenTheyDiffer) {
  const Metadata metadata = sample();
  const auto refused = [](auto read, std::string_view words) {
    EXPECT_THAT(read, ThrowsMessage<Error>(HasSubstr(std::string(words))));
  };
  refused([&] { metadata.unsigned_integer("text"); }, "metadata 'text' should be an integer but is a text");
  refused([&] { metadata.integer("real"); }, "metadata 'real' should be an integer but is a number");
  refused([&] { metadata.number("yes"); }, "metadata 'yes' should be a number but is a boolean");
  refused([&] { metadata.boolean("texts"); }, "should be a boolean but is an array of texts");
  refused([&] { metadata.text("one"); }, "should be a text but is an integer");
  refused([&] { metadata.texts("signed"); }, "should be an array of texts but is an array of integers");
  refused([&] { metadata.numbers("flags"); }, "should be an array of numbers but is an array of booleans");
  refused([&] { metadata.integers("reals"); }, "should be an array of integers but is an array of numbers");
}

TEST(Metadata, SetReplacesInPlaceOrAppends) {
  Metadata metadata = sample();
  const std::size_t size = metadata.entries().size();
  metadata.set("yes", std::string("now a text"));
  EXPECT_EQ(metadata.entries().size(), size);
  EXPECT_EQ(metadata.entries().front().first, "yes");
  EXPECT_EQ(metadata.text("yes"), "now a text");
  metadata.erase("yes");
  metadata.erase("yes");
  EXPECT_EQ(metadata.entries().size(), size - 1);
  EXPECT_EQ(metadata.find("yes"), nullptr);
}

}  // namespace
}  // namespace minnow::formats
