#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "minnow/minnow.hpp"
#include "tiny_model.hpp"

namespace minnow {
namespace {

using testing::tiny_model;

class Generate : public ::testing::Test {
 protected:
  Generation answer(const GenerateOptions& options, std::uint64_t seed = 1, std::size_t context = 128) {
    Session session(model_, {.context = context, .sampling = {.temperature = 1.5f, .seed = seed}});
    return session.generate("the fish", options);
  }

  Model model_ = Model::load(tiny_model());
};

// Whether `text` holds whole characters only. Enough for what a StreamDecoder emits.
bool whole_characters(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t j = 1; j < length; ++j) {
      if ((static_cast<unsigned char>(text[i + j]) & 0xc0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

TEST_F(Generate, StreamsExactlyTheAnswerInWholeCharacters) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::string streamed;
    const Generation result = answer({.max_tokens = 40,
                                      .on_token =
                                          [&](const TokenOutput& token) {
                                            EXPECT_TRUE(whole_characters(token.text));
                                            streamed += token.text;
                                            return true;
                                          }},
                                     seed);
    std::string collected;
    for (const TokenOutput& token : result.tokens) collected += token.text;
    EXPECT_EQ(streamed, result.text);
    EXPECT_EQ(collected, result.text);
    EXPECT_FALSE(result.text.empty());
  }
}

TEST_F(Generate, EndsBeforeAStopStringThatSpansTokens) {
  const Generation whole = answer({.max_tokens = 40});
  ASSERT_EQ(whole.finish_reason, "length");
  ASSERT_GT(whole.text.size(), 12u);
  for (std::size_t begin = 3; begin + 6 < whole.text.size(); begin += 5) {
    const std::string stop = whole.text.substr(begin, 5);
    const Generation cut = answer({.max_tokens = 40, .stop = {"never there", stop}});
    EXPECT_EQ(cut.text, whole.text.substr(0, whole.text.find(stop)));
    EXPECT_EQ(cut.finish_reason, "stop");
  }
}

TEST_F(Generate, ACancelledAnswerSaysSo) {
  std::size_t seen = 0;
  const Generation result = answer({.max_tokens = 40, .on_token = [&](const TokenOutput&) { return ++seen < 4; }});
  EXPECT_EQ(result.finish_reason, "cancelled");
  EXPECT_EQ(result.tokens.size(), 4u);
  EXPECT_EQ(seen, 4u);
}

TEST_F(Generate, StopsAtTheNumberOfTokensAskedFor) {
  EXPECT_EQ(answer({.max_tokens = 7}).tokens.size(), 7u);
  EXPECT_EQ(answer({.max_tokens = 7}).finish_reason, "length");
  const Generation none = answer({.max_tokens = 0});
  EXPECT_EQ(none.text, "");
  EXPECT_EQ(none.finish_reason, "length");
}

TEST_F(Generate, AFullContextEndsTheAnswer) {
  const Generation result = answer({}, 1, 24);
  EXPECT_EQ(result.finish_reason, "length");
  EXPECT_EQ(result.prompt_tokens.size() + result.tokens.size(), 25u);  // the last one needs no room
}

TEST_F(Generate, LogProbabilitiesComeBeforeSampling) {
  Session session(model_, {.sampling = {.temperature = 0}});
  const Generation result = session.generate("the fish", {.max_tokens = 8, .logprobs = 3});
  for (const TokenOutput& token : result.tokens) {
    ASSERT_EQ(token.top.size(), 3u);
    EXPECT_EQ(token.top[0].id, token.id);
    EXPECT_EQ(token.top[0].logprob, token.logprob);
    EXPECT_GE(token.top[0].logprob, token.top[1].logprob);
    EXPECT_LT(token.logprob, 0);
  }
  const Generation without = answer({.max_tokens = 2});
  EXPECT_TRUE(without.tokens[0].top.empty());
}

TEST_F(Generate, PenaltiesChangeAnAnswer) {
  const auto greedy = [&](float penalty) {
    Session session(model_, {.sampling = {.temperature = 0, .presence_penalty = penalty, .seed = 1}});
    std::vector<TokenId> ids;
    for (const TokenOutput& token : session.generate("the fish", {.max_tokens = 30}).tokens) ids.push_back(token.id);
    return ids;
  };
  const auto penalized = greedy(1000);
  for (std::size_t i = 0; i < penalized.size(); ++i) {
    EXPECT_EQ(std::count(penalized.begin(), penalized.end(), penalized[i]), 1) << "a token came twice";
  }
  EXPECT_EQ(greedy(0), greedy(0));
}

TEST_F(Generate, AnEmptyPromptIsBosAloneOrAnError) {
  Session session(model_, {.sampling = {.temperature = 0}});
  const Generation result = session.generate("", {.max_tokens = 3});
  EXPECT_EQ(result.prompt_tokens, std::vector<TokenId>{1});
  EXPECT_EQ(result.tokens.size(), 3u);

  const Model without_bos = Model::load(tiny_model({.add_bos = false}));
  Session other(without_bos);
  EXPECT_THROW(other.generate("", {.max_tokens = 3}), Error);
  EXPECT_EQ(other.position(), 0u);
}

TEST_F(Generate, GoesOnWhereItStopped) {
  Session at_once(model_, {.sampling = {.seed = 4}}), in_parts(model_, {.sampling = {.seed = 4}});
  at_once.generate("the fish", {.max_tokens = 20});
  in_parts.generate("the fish", {.max_tokens = 8});
  in_parts.generate(std::span<const TokenId>{}, {.max_tokens = 12});
  EXPECT_THAT(in_parts.tokens(), ::testing::ElementsAreArray(at_once.tokens().begin(), at_once.tokens().end()));
}

constexpr const char* kThing = R"({"type": "object", "additionalProperties": false,
    "properties": {"name": {"type": "string", "maxLength": 5}, "size": {"enum": ["small", "large"]}, "n": {"const": 7}},
    "required": ["name", "size", "n"]})";

TEST_F(Generate, UnderASchemaEveryFinishedAnswerFollowsIt) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Generation result = answer({.constraint = {Constraint::Kind::json_schema, kThing}}, seed);
    EXPECT_EQ(result.finish_reason, "stop");
    const bool spaced = result.text.starts_with("{\"name\": \"");
    EXPECT_TRUE(spaced || result.text.starts_with("{\"name\":\"")) << result.text;
    EXPECT_THAT(result.text, ::testing::EndsWith(spaced ? ", \"n\": 7}" : ",\"n\":7}"));
  }
}

TEST_F(Generate, ForcedTextIsTheSameWhetherOrNotItIsJumpedOver) {
  const Generation jumped = answer({.constraint = {Constraint::Kind::json_schema, kThing}});
  const Generation walked = answer({.constraint = {Constraint::Kind::json_schema, kThing}, .logprobs = 0});
  ASSERT_EQ(jumped.tokens.size(), walked.tokens.size());
  EXPECT_EQ(jumped.text, walked.text);
  for (const TokenOutput& token : walked.tokens) EXPECT_LT(token.logprob, 0);
}

TEST_F(Generate, ACutAnswerUnderASchemaIsItsBeginning) {
  const Generation whole = answer({.constraint = {Constraint::Kind::json_schema, kThing}});
  for (std::size_t n = 1; n < whole.tokens.size(); ++n) {
    const Generation cut = answer({.max_tokens = n, .constraint = {Constraint::Kind::json_schema, kThing}});
    EXPECT_EQ(cut.finish_reason, "length");
    EXPECT_EQ(cut.tokens.size(), n);
    EXPECT_TRUE(whole.text.starts_with(cut.text));
  }
}

TEST_F(Generate, FollowsGrammarsExpressionsAndAnyObject) {
  using Kind = Constraint::Kind;
  EXPECT_EQ(answer({.constraint = {Kind::grammar, "root ::= \"ab\" \"c\""}}).text, "abc");
  EXPECT_THAT(answer({.constraint = {Kind::regex, "[a-c]{4}!"}}).text, ::testing::MatchesRegex("[a-c]{4}!"));
  EXPECT_THAT(answer({.max_tokens = 20, .constraint = {Kind::json_object, ""}}).text, ::testing::StartsWith("{"));
  EXPECT_EQ(answer({.stop = {"b"}, .constraint = {Kind::regex, "abc"}}).text, "abc");
  EXPECT_THROW(answer({.constraint = {Kind::regex, "("}}), Error);
  EXPECT_THROW(answer({.constraint = {Kind::json_schema, R"({"not": {}})"}}), Error);
}

}  // namespace
}  // namespace minnow
