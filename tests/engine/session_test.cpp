#include "minnow/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "minnow/error.hpp"
#include "tiny_model.hpp"

namespace minnow {
namespace {

using ::testing::HasSubstr;
using testing::tiny_model;

std::vector<float> copy(std::span<const float> values) { return {values.begin(), values.end()}; }

std::vector<TokenId> some_tokens(std::size_t n) {
  std::vector<TokenId> ids{1};
  while (ids.size() < n) ids.push_back(static_cast<TokenId>(3 + ids.size() * 37 % 280));
  return ids;
}

std::vector<TokenId> decoded(Session& session, std::size_t n) {
  std::vector<TokenId> ids;
  while (ids.size() < n) {
    const auto token = session.decode();
    if (!token) break;
    ids.push_back(*token);
  }
  return ids;
}

TEST(Session, PromptChunkingDoesNotChangeABit) {
  const Model model = Model::load(tiny_model());
  const auto ids = some_tokens(50);
  Session whole(model);
  whole.prefill(ids);
  for (const std::size_t batch : {1u, 7u, 16u}) {
    Session parts(model, {.batch_tokens = batch});
    parts.prefill(ids);
    EXPECT_EQ(copy(parts.logits()), copy(whole.logits())) << batch;
  }
  Session in_two(model);
  in_two.prefill(std::span(ids).first(20));
  in_two.prefill(std::span(ids).subspan(20));
  EXPECT_EQ(copy(in_two.logits()), copy(whole.logits()));
}

TEST(Session, DecodedTokensLeaveWhatPrefilledOnesDo) {
  const Model model = Model::load(tiny_model());
  Session session(model, {.sampling = {.seed = 3}});
  session.prefill(some_tokens(10));
  decoded(session, 12);
  const std::vector<TokenId> all(session.tokens().begin(), session.tokens().end());
  ASSERT_EQ(all.size(), 22u);
  Session fresh(model);
  fresh.prefill(std::span(all).first(21));  // the logits a session holds are those its last token was chosen from
  EXPECT_EQ(copy(session.logits()), copy(fresh.logits()));
}

TEST(Session, ThreadsDoNotChangeAnAnswer) {
  std::vector<std::vector<TokenId>> answers;
  std::vector<std::vector<float>> logits;
  for (const std::size_t threads : {1u, 2u, 4u}) {
    const Model model = Model::load(tiny_model(), {.threads = threads});
    EXPECT_EQ(model.threads(), threads);
    Session session(model, {.sampling = {.seed = 11}});
    session.prefill(some_tokens(30));
    answers.push_back(decoded(session, 20));
    logits.push_back(copy(session.logits()));
  }
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(answers[0], answers[2]);
  EXPECT_EQ(logits[0], logits[1]);
  EXPECT_EQ(logits[0], logits[2]);
}

TEST(Session, SessionsOnTwoThreadsAnswerAsOneAloneDoes) {
  const Model model = Model::load(tiny_model(), {.threads = 2});
  const auto answer = [&](std::uint64_t seed) {
    Session session(model, {.sampling = {.seed = seed}});
    session.prefill(some_tokens(20));
    return decoded(session, 16);
  };
  const auto alone_1 = answer(1), alone_2 = answer(2);
  std::vector<TokenId> together_1, together_2;
  std::thread other([&] { together_1 = answer(1); });
  together_2 = answer(2);
  other.join();
  EXPECT_EQ(together_1, alone_1);
  EXPECT_EQ(together_2, alone_2);
}

TEST(Session, TheSameSeedGivesTheSameAnswerAndAnotherSeedAnother) {
  const Model model = Model::load(tiny_model());
  const auto answer = [&](std::uint64_t seed) {
    Session session(model, {.sampling = {.temperature = 2, .seed = seed}});
    session.prefill(some_tokens(5));
    return decoded(session, 24);
  };
  EXPECT_EQ(answer(1), answer(1));
  EXPECT_NE(answer(1), answer(2));
}

TEST(Session, AFullContextLeavesTheSessionAsItWas) {
  const Model model = Model::load(tiny_model());
  Session session(model, {.context = 16, .sampling = {.temperature = 0}});
  session.prefill(some_tokens(10));
  const auto before = copy(session.logits());
  try {
    session.prefill(some_tokens(7));
    FAIL() << "17 tokens went into a context of 16";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::context_full);
    for (const char* number : {"7", "10", "16"}) EXPECT_THAT(error.what(), HasSubstr(number));
  }
  EXPECT_EQ(session.position(), 10u);
  EXPECT_EQ(copy(session.logits()), before);
  session.prefill(some_tokens(6));  // exactly fits
  EXPECT_TRUE(session.decode().has_value());
  EXPECT_THROW(session.decode(), Error);
}

TEST(Session, APromptLongerThanTheContextNamesBothNumbers) {
  const Model model = Model::load(tiny_model());
  Session session(model, {.context = 16});
  try {
    session.prefill(some_tokens(17));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the prompt has 17 tokens and the context holds 16");
  }
}

TEST(Session, AnUnknownTokenLeavesTheSessionAsItWas) {
  const Model model = Model::load(tiny_model());
  Session session(model);
  session.prefill(some_tokens(4));
  for (const TokenId bad : {-1, static_cast<TokenId>(model.vocabulary_size())}) {
    EXPECT_THROW(session.prefill(std::vector<TokenId>{5, bad}), Error);
  }
  EXPECT_EQ(session.position(), 4u);
  EXPECT_FALSE(session.logits().empty());
}

TEST(Session, TruncatingAndGoingOnEqualsAFreshStart) {
  const Model model = Model::load(tiny_model());
  const auto ids = some_tokens(30);
  Session session(model, {.sampling = {.temperature = 0}});
  session.prefill(ids);
  decoded(session, 5);
  session.truncate(12);
  EXPECT_TRUE(session.logits().empty());
  Session fresh(model, {.sampling = {.temperature = 0}});
  fresh.prefill(std::span(ids).first(12));
  EXPECT_EQ(decoded(session, 6), decoded(fresh, 6));  // decode evaluates the last token again by itself
  EXPECT_EQ(copy(session.logits()), copy(fresh.logits()));
}

TEST(Session, EvaluateHandsOutTheLogitsOfEveryToken) {
  const Model model = Model::load(tiny_model());
  const auto ids = some_tokens(20);
  Session at_once(model), one_by_one(model);
  at_once.prefill(std::span(ids).first(4));
  one_by_one.prefill(std::span(ids).first(4));
  std::size_t calls = 0;
  at_once.evaluate(std::span(ids).subspan(4), [&](std::size_t index, std::span<const float> logits) {
    EXPECT_EQ(index, calls++);
    one_by_one.prefill({&ids[4 + index], 1});
    EXPECT_EQ(copy(logits), copy(one_by_one.logits()));
  });
  EXPECT_EQ(calls, 16u);
  EXPECT_EQ(copy(at_once.logits()), copy(one_by_one.logits()));
}

TEST(Session, EvaluateHandsOutLogitsFromTheTokenOnThatIsAskedFor) {
  const Model model = Model::load(tiny_model());
  const auto ids = some_tokens(20);
  Session all(model);
  std::vector<std::vector<float>> expected;
  all.evaluate(ids, [&](std::size_t, std::span<const float> logits) { expected.push_back(copy(logits)); });
  for (const std::size_t first : {std::size_t{1}, std::size_t{7}, std::size_t{19}, std::size_t{20}}) {
    Session session(model, {.batch_tokens = 8});
    std::size_t next = first;
    const auto compare = [&](std::size_t index, std::span<const float> logits) {
      EXPECT_EQ(index, next++);
      EXPECT_EQ(copy(logits), expected[index]);
    };
    session.evaluate(ids, compare, first);
    EXPECT_EQ(next, ids.size());
    EXPECT_EQ(session.logits().empty(), first == ids.size());
    const TokenId more = ids[0];
    session.prefill({&more, 1});
    EXPECT_EQ(session.position(), 21u);
  }
}

TEST(Session, LogProbabilitiesAreThoseOfTheRawLogits) {
  const Model model = Model::load(tiny_model());
  Session session(model, {.sampling = {.temperature = 0, .repeat_penalty = 2}});
  session.prefill(some_tokens(9));
  double sum = 0;
  for (std::size_t id = 0; id < model.vocabulary_size(); ++id) {
    sum += std::exp(session.log_probability(static_cast<TokenId>(id)));
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  const auto before = session.top(5);
  session.decode();  // penalties and sampling must not leak into what logits() says
  const auto after = session.top(5);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(before[i].id, after[i].id);
    EXPECT_EQ(before[i].logprob, after[i].logprob);
  }
}

TEST(Session, OutlivesTheModelHandle) {
  std::optional<Model> model = Model::load(tiny_model());
  Session session(*model, {.sampling = {.temperature = 0}});
  model.reset();
  session.prefill(some_tokens(3));
  EXPECT_EQ(decoded(session, 4).size(), 4u);
}

TEST(Session, DecodingNothingIsRefused) {
  const Model model = Model::load(tiny_model());
  Session session(model);
  EXPECT_THROW(session.decode(), Error);
  EXPECT_THROW(session.log_probability(1), Error);
}

TEST(Session, ReportsItsMemory) {
  const Model model = Model::load(tiny_model());
  const MemoryUse small = Session(model, {.context = 64}).memory();
  const MemoryUse large = Session(model, {.context = 128}).memory();
  EXPECT_EQ(small.weights_bytes, model.weights_bytes());
  EXPECT_GT(large.kv_bytes, small.kv_bytes);
  EXPECT_GT(Session(model, {.context = 64, .cache_type = CacheType::f32}).memory().kv_bytes, small.kv_bytes);
  EXPECT_GT(small.scratch_bytes, 0u);
}

TEST(Session, LogitsThatAreNotFiniteBecomeOneSentence) {
  try {
    const Model model = Model::load(tiny_model({.output_norm = 3e38f}));
    Session session(model);
    session.prefill(some_tokens(3));
    session.decode();
    FAIL() << "a token was drawn from infinite logits";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_input);
    EXPECT_THAT(error.what(), HasSubstr("finite"));
  }
}

}  // namespace
}  // namespace minnow
