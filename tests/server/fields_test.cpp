#include "server/fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "minnow/error.hpp"
#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

using ::testing::HasSubstr;

ApiError refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const ApiError& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was refused";
  return {0, ""};
}

TEST(Fields, ReadsWhatIsThere) {
  const Json body = parse_body(R"({"a": 1.5, "b": 7, "c": "x", "d": true, "e": ["y", "z"], "f": null})");
  const Fields fields(body);
  EXPECT_EQ(fields.number("a", 0, 2), 1.5);
  EXPECT_EQ(fields.integer("b", 0, 9), 7);
  EXPECT_EQ(fields.text("c"), "x");
  EXPECT_TRUE(fields.flag("d"));
  EXPECT_THAT(fields.texts("e"), ::testing::ElementsAre("y", "z"));
  EXPECT_THAT(fields.texts("c"), ::testing::ElementsAre("x"));
  EXPECT_EQ(fields.text("f"), std::nullopt);
  EXPECT_EQ(fields.text("g"), std::nullopt);
}

TEST(Fields, NamesTheFieldThatIsWrong) {
  const Json body = parse_body(R"({"a": "1", "b": 7.5, "c": {}, "d": [1]})");
  const Fields fields(body, "messages[2]");
  const ApiError error = refusal([&] { fields.number("a", 0, 2); });
  EXPECT_EQ(error.status(), 400);
  EXPECT_EQ(error.param(), "messages[2].a");
  EXPECT_STREQ(error.what(), "'messages[2].a' must be a number, not a string");
  EXPECT_THAT(refusal([&] { fields.integer("b", 0, 9); }).what(), HasSubstr("whole number"));
  EXPECT_THAT(refusal([&] { fields.number("b", 0, 1); }).what(), HasSubstr("from 0 to 1"));
  EXPECT_THAT(refusal([&] { fields.text("c"); }).what(), HasSubstr("must be a string, not a object"));
  EXPECT_THAT(refusal([&] { fields.texts("d"); }).what(), HasSubstr("must hold strings"));
}

TEST(ParseBody, RefusesWhatIsNoBoundedObject) {
  EXPECT_THAT(refusal([] { parse_body("[]"); }).what(), HasSubstr("must be a JSON object, not a array"));
  for (const std::string& body :
       {std::string("{"), std::string("{\"a\": 1e999}"), std::string("{\"a\": \"\xff\"}"), std::string(200, '['),
        "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"}) {
    EXPECT_THROW(parse_body(body), Error) << body;
  }
  std::string wide = "{\"0\":0";
  for (int i = 1; i < 5000; ++i) wide += ",\"" + std::to_string(i) + "\":0";
  EXPECT_THROW(parse_body(wide + "}"), Error);
}

}  // namespace
}  // namespace minnow::server
