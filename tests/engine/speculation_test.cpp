// Drafts change how long an answer takes and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "engine/draft_length.hpp"
#include "engine/prompt_lookup.hpp"
#include "minnow/minnow.hpp"
#include "tiny_model.hpp"

namespace minnow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::tiny_model;

constexpr const char* kQuoting = "the fish in the the fish in the he in the the fish in the he";

class Speculation : public ::testing::Test {
 protected:
  Generation answer(const SpeculationOptions& speculation, SamplingOptions sampling, const GenerateOptions& generate,
                    std::size_t context = 256) const {
    Session session(model_, {.context = context, .sampling = sampling, .speculation = speculation});
    return session.generate(kQuoting, generate);
  }

  Model model_ = Model::load(tiny_model(), {.threads = 2});
  // The same shape and vocabulary, other answers.
  Model coarse_ = Model::load(tiny_model({.quantization = "Q4_0"}), {.threads = 2});
  const std::vector<SpeculationOptions> all_kinds_ = {
      {.prompt_lookup = true},
      {.draft_model = model_},
      {.draft_model = coarse_},
      {.prompt_lookup = true, .draft_model = coarse_, .max_draft = 3},
      {.draft_model = model_, .max_draft = 64},
  };
};

void expect_same(const Generation& plain, const Generation& drafted) {
  EXPECT_EQ(drafted.text, plain.text);
  EXPECT_EQ(drafted.finish_reason, plain.finish_reason);
  ASSERT_EQ(drafted.tokens.size(), plain.tokens.size());
  for (std::size_t i = 0; i < plain.tokens.size(); ++i) {
    EXPECT_EQ(drafted.tokens[i].id, plain.tokens[i].id);
    EXPECT_EQ(drafted.tokens[i].logprob, plain.tokens[i].logprob);
    ASSERT_EQ(drafted.tokens[i].top.size(), plain.tokens[i].top.size());
    for (std::size_t k = 0; k < plain.tokens[i].top.size(); ++k) {
      EXPECT_EQ(drafted.tokens[i].top[k].id, plain.tokens[i].top[k].id);
      EXPECT_EQ(drafted.tokens[i].top[k].logprob, plain.tokens[i].top[k].logprob);
    }
  }
}

TEST_F(Speculation, LeavesGreedyAnswersAndTheirLogitsAsTheyAre) {
  const GenerateOptions generate{.max_tokens = 100, .logprobs = 3};
  const Generation plain = answer({}, {.temperature = 0}, generate);
  for (const SpeculationOptions& kind : all_kinds_) expect_same(plain, answer(kind, {.temperature = 0}, generate));
}

TEST_F(Speculation, LeavesSampledAnswersAsTheyAre) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const SamplingOptions sampling{.temperature = 0.7f, .repeat_penalty = 1.05f, .seed = seed};
    const GenerateOptions generate{.max_tokens = 60, .logprobs = 1};
    const Generation plain = answer({}, sampling, generate);
    for (const SpeculationOptions& kind : all_kinds_) expect_same(plain, answer(kind, sampling, generate));
  }
}

TEST_F(Speculation, FillsTheContextToTheSameToken) {
  for (std::size_t context = 70; context < 76; ++context) {
    const Generation plain = answer({}, {.temperature = 0}, {}, context);
    for (const SpeculationOptions& kind : all_kinds_) expect_same(plain, answer(kind, {.temperature = 0}, {}, context));
  }
}

TEST_F(Speculation, StopsWhereItWouldStop) {
  const Generation whole = answer({}, {.temperature = 0}, {.max_tokens = 60});
  for (std::size_t begin = 5; begin + 4 < whole.text.size(); begin += 7) {
    const GenerateOptions generate{.max_tokens = 60, .stop = {whole.text.substr(begin, 4)}};
    const Generation plain = answer({}, {.temperature = 0}, generate);
    for (const SpeculationOptions& kind : all_kinds_) expect_same(plain, answer(kind, {.temperature = 0}, generate));
  }
}

// An answer may end with drafts still in the cache.
TEST_F(Speculation, WhatComesAfterAnAnswerIsTheSame) {
  const auto conversation = [&](const SpeculationOptions& kind) {
    Session session(model_, {.context = 256, .sampling = {.temperature = 0}, .speculation = kind});
    session.generate(kQuoting, {.max_tokens = 20});
    session.generate("the fish", {.max_tokens = 20});
    session.truncate(session.position() - 7);
    session.generate("he", {.max_tokens = 20});
    const std::vector<TokenId> more = model_.tokenize("in the", {.add_special = false});
    std::vector<float> logits;
    session.evaluate(more, [&](std::size_t, std::span<const float> row) { logits.assign(row.begin(), row.end()); });
    return std::pair(std::vector<TokenId>(session.tokens().begin(), session.tokens().end()), logits);
  };
  const auto plain = conversation({});
  for (const SpeculationOptions& kind : all_kinds_) EXPECT_EQ(conversation(kind), plain);
}

TEST_F(Speculation, AcceptsEveryTokenOfADraftModelThatIsTheModel) {
  const Generation result = answer({.draft_model = model_}, {.temperature = 0}, {.max_tokens = 100});
  EXPECT_GT(result.timings.accepted_tokens, 0u);
  EXPECT_GE(result.timings.accepted_tokens + 16, result.timings.drafted_tokens);  // the last draft may be left over
}

TEST_F(Speculation, RefusesWhatCannotDraft) {
  const auto error = [&](const SpeculationOptions& options) -> std::string {
    try {
      Session(model_, {.context = 64, .speculation = options});
    } catch (const Error& refused) {
      EXPECT_EQ(refused.code(), ErrorCode::invalid_input);
      return refused.what();
    }
    return "";
  };
  EXPECT_THAT(error({.prompt_lookup = true, .max_draft = 0}), HasSubstr("1 to 64"));
  EXPECT_THAT(error({.prompt_lookup = true, .max_draft = 65}), HasSubstr("1 to 64"));
  if (Model::has_embedded()) {
    EXPECT_THAT(error({.draft_model = Model::embedded()}), HasSubstr("its vocabulary has"));
  }
}

TEST(PromptLookup, TakesWhatFollowedTheLongestLatestMatch) {
  using engine::look_up_continuation;
  const std::vector<TokenId> text{1, 2, 3, 7, 9, 2, 3, 8, 5, 2, 3, 4, 1, 2, 3};
  EXPECT_THAT(look_up_continuation(text, 3), ElementsAre(7, 9, 2));  // 1 2 3 beats the later 2 3
  const std::vector<TokenId> later{9, 2, 3, 8, 5, 2, 3, 4, 1, 2, 3};
  EXPECT_THAT(look_up_continuation(later, 2), ElementsAre(4));  // the other 2 3 went on with 8
  EXPECT_THAT(look_up_continuation(std::vector<TokenId>{1, 2, 3, 4}, 4), IsEmpty());
  EXPECT_THAT(look_up_continuation(std::vector<TokenId>{3, 1, 3}, 4), IsEmpty());  // one token is no match
  EXPECT_THAT(look_up_continuation(std::vector<TokenId>{5, 5, 5, 5}, 9), ElementsAre(5));
  EXPECT_THAT(look_up_continuation({}, 4), IsEmpty());
  // The same keys with other values: the draft ends before a value, and where nothing is known it is one token.
  const std::vector<TokenId> keys{1, 2, 8, 9, 50, 1, 2, 8, 9, 60, 1, 2};
  EXPECT_THAT(look_up_continuation(keys, 9), ElementsAre(8, 9));
  const std::vector<TokenId> values{1, 8, 9, 50, 1, 8, 9, 60, 1, 8, 9};
  EXPECT_THAT(look_up_continuation(values, 9), ElementsAre(60));
}

engine::VerifyCost cost_of(double one_token, double further_token) {
  engine::VerifyCost cost;
  cost.observe(1, one_token);
  cost.observe(2, one_token + further_token);
  return cost;
}

TEST(DraftLength, GrowsWhileEverythingIsAccepted) {
  engine::DraftLength length;
  for (int i = 0; i < 50; ++i) length.accepted();
  EXPECT_EQ(length.choose(16, cost_of(100, 5), 0), 16u);
  EXPECT_EQ(length.choose(16, cost_of(100, 200), 0), 0u);  // a token in company costs more than alone
}

TEST(DraftLength, ProbesEverMoreRarelyWhileNothingIsAccepted) {
  engine::DraftLength length;
  const engine::VerifyCost cost = cost_of(100, 20);
  std::size_t probed = 0;
  for (int pass = 0; pass < 1000; ++pass) {
    const std::size_t n = length.choose(16, cost, 0);
    probed += n;
    if (n > 0) length.refused();
  }
  EXPECT_GT(probed, 10u);
  EXPECT_LT(static_cast<double>(probed) * 20, 0.05 * 1000 * 100);  // what they cost of the whole
}

TEST(DraftLength, DraftsNothingBeforeItKnowsWhatATokenCosts) {
  engine::DraftLength length;
  EXPECT_EQ(length.choose(16, engine::VerifyCost(), 0), 0u);
}

}  // namespace
}  // namespace minnow
