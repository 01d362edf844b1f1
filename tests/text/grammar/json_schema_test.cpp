#include "text/grammar/json_schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "minnow/error.hpp"
#include "text/grammar/matching.hpp"

namespace minnow::text {
namespace {

using minnow::testing::forced_after;
using ::testing::HasSubstr;

bool matches(const std::string& schema, std::string_view text, JsonWhitespace whitespace = JsonWhitespace::free) {
  return minnow::testing::matches(parse_json_schema(schema, whitespace), text);
}

std::string refusal(const std::string& schema) {
  try {
    (void)parse_json_schema(schema);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(JsonSchema, KeepsMembersInTheSchemasOrderAndOptionalOnesOptional) {
  const std::string schema = R"({"type": "object", "additionalProperties": false, "required": ["b"],
                                 "properties": {"c": {}, "b": {"type": "null"}, "a": {"type": "boolean"}}})";
  EXPECT_TRUE(matches(schema, R"({"b":null})"));
  EXPECT_TRUE(matches(schema, R"({"c":[1],"b":null,"a":true})"));
  EXPECT_TRUE(matches(schema, R"({"b":null,"a":false})"));
  EXPECT_FALSE(matches(schema, R"({"c":1,"a":true})"));
  EXPECT_FALSE(matches(schema, R"({"b":null,})"));
  EXPECT_FALSE(matches(schema, R"({"b":null,"d":1})"));
  EXPECT_FALSE(matches(schema, R"({"b":null,"b":null})"));
}

TEST(JsonSchema, ForcesWhatHasNoChoice) {
  const Grammar grammar = parse_json_schema(R"({"type": "object", "additionalProperties": false,
      "required": ["name", "age"], "properties": {"name": {"type": "string"}, "age": {"const": 5}}})");
  EXPECT_EQ(forced_after(grammar, ""), "{\"name\":");
  EXPECT_EQ(forced_after(grammar, "{\"name\": \"Bo\""), ", \"age\": 5}");
  EXPECT_EQ(forced_after(grammar, "{\"name\":\"Bo\""), ",\"age\":5}");
}

TEST(JsonSchema, AcceptsTheUsualWhiteSpace) {
  const std::string schema = R"({"type": "object", "properties": {"a": {"type": "array"}}})";
  EXPECT_TRUE(matches(schema, "{\n  \"a\": [\n    1,\n    {\"x\" : 2}\n  ],\n  \"b\": {}\n}"));
  EXPECT_TRUE(matches(schema, "{\"a\":[1,2]}"));
  EXPECT_TRUE(matches(schema, "{\"a\": [1, 2]}", JsonWhitespace::fixed));
  EXPECT_FALSE(matches(schema, "{\"a\":[1, 2]}", JsonWhitespace::fixed));
}

TEST(JsonSchema, StringsAreValidJsonStrings) {
  const std::string schema = R"({"type": "string", "minLength": 2, "maxLength": 3})";
  EXPECT_TRUE(matches(schema, R"("é\n")"));
  EXPECT_TRUE(matches(schema, R"("\ud83d\ude00b")"));
  EXPECT_FALSE(matches(schema, R"("\ud83d\ude00")"));
  EXPECT_FALSE(matches(schema, R"("\ud83dab")"));
  EXPECT_FALSE(matches(schema, R"("\q1")"));
  EXPECT_FALSE(matches(schema, "\"a\nb\""));
  EXPECT_FALSE(matches(schema, "\"a\xff\""));
  EXPECT_FALSE(matches(schema, R"("abcd")"));
}

TEST(JsonSchema, PatternsAndLengthsHoldTogether) {
  const std::string schema = R"({"type": "string", "pattern": "^[A-Z]+\"", "maxLength": 4})";
  EXPECT_TRUE(matches(schema, R"("AB\"x")"));
  EXPECT_FALSE(matches(schema, R"("ABC\"x")"));
  EXPECT_FALSE(matches(schema, R"("ab\"")"));
}

TEST(JsonSchema, NumbersStayInTheirRange) {
  const std::string integers = R"({"type": "integer", "minimum": -12, "exclusiveMaximum": 130})";
  for (const char* good : {"-12", "-9", "-1", "0", "7", "99", "129"}) EXPECT_TRUE(matches(integers, good)) << good;
  for (const char* bad : {"-13", "-20", "130", "200", "1000", "01", "1.5", "-", "1e1"}) {
    EXPECT_FALSE(matches(integers, bad)) << bad;
  }
  const std::string numbers = R"({"type": "number", "exclusiveMinimum": 0.5, "maximum": 12.25})";
  for (const char* good : {"0.51", "0.6", "1", "9.999", "12", "12.2", "12.25", "12.250"}) {
    EXPECT_TRUE(matches(numbers, good)) << good;
  }
  for (const char* bad : {"0.5", "0.50", "0.4", "0", "-1", "12.251", "12.3", "13", "100", "12."}) {
    EXPECT_FALSE(matches(numbers, bad)) << bad;
  }
  const std::string below = R"({"type": "number", "maximum": -1.5})";
  for (const char* good : {"-1.5", "-1.51", "-2", "-1000"}) EXPECT_TRUE(matches(below, good)) << good;
  for (const char* bad : {"-1.49", "-1", "0", "2"}) EXPECT_FALSE(matches(below, bad)) << bad;
  EXPECT_TRUE(matches(R"({"type": "integer", "minimum": 10, "multipleOf": 7})", "14"));
  EXPECT_FALSE(matches(R"({"type": "integer", "minimum": 10, "multipleOf": 7})", "7"));
  EXPECT_FALSE(matches(R"({"type": "integer", "minimum": 10, "multipleOf": 7})", "15"));
}

TEST(JsonSchema, EveryIntegerAroundItsBoundsIsDecidedRightly) {
  for (int low = -23; low <= 23; low += 7) {
    for (int high = low - 1; high <= 130; high += 19) {
      const std::string schema =
          R"({"type": "integer", "minimum": )" + std::to_string(low) + R"(, "maximum": )" + std::to_string(high) + "}";
      if (low > high) {
        EXPECT_THAT(refusal(schema), HasSubstr("no value can satisfy it"));
        continue;
      }
      const Grammar grammar = parse_json_schema(schema);
      for (int value = -140; value <= 140; ++value) {
        EXPECT_EQ(minnow::testing::matches(grammar, std::to_string(value)), value >= low && value <= high)
            << schema << value;
      }
    }
  }
}

TEST(JsonSchema, FollowsReferencesInCircles) {
  const std::string schema = R"({"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object",
      "properties": {"leaf": {"type": "integer"}, "kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
      "additionalProperties": false}}})";
  EXPECT_TRUE(matches(schema, R"({"leaf": 1, "kids": [{}, {"kids": [{"leaf": 2}]}]})"));
  EXPECT_FALSE(matches(schema, R"({"leaf": 1, "kids": [{"kids": [{"leaf": "2"}]}]})"));
}

TEST(JsonSchema, AllOfMergesWhatItsSchemasSay) {
  const std::string schema = R"({"allOf": [
      {"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}, "required": ["a"]},
      {"properties": {"a": {"maximum": 5}, "b": {"enum": ["x", "y"]}}, "required": ["b"]}],
      "properties": {"b": {"const": "y"}}, "maxProperties": 2})";
  EXPECT_TRUE(matches(schema, R"({"b": "y", "a": 4})"));
  EXPECT_FALSE(matches(schema, R"({"b": "x", "a": 4})"));
  EXPECT_FALSE(matches(schema, R"({"b": "y", "a": 6})"));
  EXPECT_FALSE(matches(schema, R"({"b": "y", "a": 4, "c": 1})"));
}

TEST(JsonSchema, OneOfNeedsSchemasThatExcludeEachOther) {
  const std::string shapes = R"({"oneOf": [
      {"type": "object", "properties": {"kind": {"const": "circle"}, "r": {"type": "number"}}, "required": ["kind"]},
      {"type": "object", "properties": {"kind": {"const": "square"}, "a": {"type": "number"}}, "required": ["kind"]},
      {"type": "integer", "maximum": 3}, {"type": "integer", "minimum": 4, "maximum": 9}, {"type": "null"}]})";
  EXPECT_TRUE(matches(shapes, R"({"kind": "circle", "r": 1})"));
  EXPECT_TRUE(matches(shapes, "9"));
  EXPECT_FALSE(matches(shapes, R"({"kind": "triangle"})"));
  EXPECT_THAT(refusal(R"({"properties": {"p": {"oneOf": [{"type": "integer"}, {"minimum": 2}]}}})"),
              HasSubstr("#/properties/p/oneOf: schemas 0 and 1 may both match"));
  EXPECT_THAT(refusal(R"({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]})"), HasSubstr("may both match"));
}

TEST(JsonSchema, ListedValuesMustSatisfyTheRest) {
  const std::string schema = R"({"enum": ["a", "abc", 3, 30, [1], {"x": 1}, null, 2.5], "type": ["string", "number"],
                                 "maxLength": 2, "minimum": 2.5, "maximum": 10})";
  for (const char* good : {"\"a\"", "3", "2.5"}) EXPECT_TRUE(matches(schema, good)) << good;
  for (const char* bad : {"\"abc\"", "30", "[1]", "null", "{\"x\": 1}", "4"}) EXPECT_FALSE(matches(schema, bad)) << bad;
}

TEST(JsonSchema, PatternPropertiesPartTheKeys) {
  const std::string schema = R"({"type": "object", "properties": {"x-id": {"minimum": 5}},
      "patternProperties": {"^x-": {"type": "integer"}, "s$": {"maximum": 9}}, "additionalProperties": {"type": "null"}})";
  EXPECT_TRUE(matches(schema, R"({"x-id": 7, "x-a": 1, "as": "s", "b": null, "x-s": 9})"));
  EXPECT_FALSE(matches(schema, R"({"x-id": 4})"));
  EXPECT_FALSE(matches(schema, R"({"x-s": 10})"));
  EXPECT_FALSE(matches(schema, R"({"b": 1})"));
  EXPECT_FALSE(matches(schema, R"({"x-a": "t"})"));
}

TEST(JsonSchema, WordsOfOpenApiAndOlderDraftsThatAskForNothingAreTaken) {
  const std::string schema = R"({"type": "object", "x-order": 1, "xml": {}, "additionalProperties": false,
      "properties": {"a": {"type": "number", "format": "float", "optional": true, "nullable": true, "example": 2}}})";
  EXPECT_TRUE(matches(schema, "{}"));
  EXPECT_TRUE(matches(schema, R"({"a": 1.5})"));
  EXPECT_THAT(refusal(R"({"properties": {"a": {"optional": "True"}}})"), HasSubstr("'optional' isn't supported"));
  EXPECT_THAT(refusal(R"({"properties": {"a": {"optional": false}}})"), HasSubstr("'optional' isn't supported"));
}

TEST(JsonSchema, RefusesUnknownKeywordsByNameAndPlace) {
  EXPECT_THAT(refusal(R"({"properties": {"a/b": {"items": {"not": {}}}}})"),
              HasSubstr("#/properties/a~1b/items/not: the keyword 'not' isn't supported"));
  EXPECT_THAT(refusal(R"({"type": "array", "uniqueItems": true})"), HasSubstr("'uniqueItems'"));
  EXPECT_EQ(refusal(R"({"type": "array", "uniqueItems": false, "title": "t", "$comment": "c", "examples": [1]})"), "");
  EXPECT_THAT(refusal(R"({"format": "rune", "type": "string"})"), HasSubstr("'rune' isn't supported; these are: date"));
  EXPECT_THAT(refusal(R"J({"properties": {"s": {"pattern": "(?=a)"}}})J"), HasSubstr("#/properties/s/pattern: "));
  EXPECT_THAT(refusal(R"({"type": "strnig"})"), HasSubstr("\"strnig\" is no type"));
  EXPECT_THAT(refusal(R"({"$ref": "http://example.com/x"})"), HasSubstr("is in another document"));
  EXPECT_THAT(refusal(R"({"$ref": "#/nowhere"})"), HasSubstr("there is nothing at '#/nowhere'"));
  EXPECT_THAT(refusal(R"({"multipleOf": 0.01})"), HasSubstr("only integers"));
}

TEST(JsonSchema, RefusesWhatNothingSatisfies) {
  EXPECT_THAT(refusal("false"), HasSubstr("no value can satisfy it"));
  EXPECT_THAT(refusal(R"({"type": "object", "required": ["a"], "additionalProperties": false})"),
              HasSubstr("no value"));
  EXPECT_THAT(refusal(R"({"allOf": [{"type": "string"}, {"type": "integer"}]})"), HasSubstr("no value"));
  const std::string endless =
      R"({"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}, "minItems": 1}}})";
  EXPECT_THAT(refusal(endless), HasSubstr("no value"));
}

TEST(JsonSchema, RefusesMalformedSchemas) {
  EXPECT_THAT(refusal("{\"type\":"), HasSubstr("it isn't JSON (byte 9)"));
  EXPECT_THAT(refusal("3"), HasSubstr("a schema is an object or a boolean"));
  EXPECT_THAT(refusal(R"({"properties": 3})"), HasSubstr("must be an object"));
  EXPECT_THAT(refusal(R"({"anyOf": []})"), HasSubstr("list of schemas"));
  EXPECT_THAT(refusal(R"({"minLength": -1})"), HasSubstr("integer of 0 or more"));
  EXPECT_THAT(refusal(R"({"minimum": "3"})"), HasSubstr("must be a number"));
  EXPECT_THAT(refusal(R"({"required": [1]})"), HasSubstr("list of names"));
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += R"({"items":)";
  EXPECT_THAT(refusal(deep), HasSubstr("nested more than"));
}

TEST(JsonObject, IsAnyObjectAndNothingElse) {
  const Grammar grammar = json_object_grammar();
  EXPECT_TRUE(minnow::testing::matches(grammar, "{\n  \"a\": [1, {\"b\": null}]\n}"));
  EXPECT_TRUE(minnow::testing::matches(grammar, "{}"));
  EXPECT_FALSE(minnow::testing::matches(grammar, "[]"));
  EXPECT_FALSE(minnow::testing::matches(grammar, "{} "));
}

}  // namespace
}  // namespace minnow::text
