#include "engine/scheduler.hpp"
#include "engine/grammar_constraint.hpp"
#include "engine/loaded_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "base/file.hpp"
#include "minnow/error.hpp"
#include "temporary_folder.hpp"
#include "tiny_adapter.hpp"
#include "tiny_model.hpp"

namespace minnow::engine {
namespace {

using ::testing::HasSubstr;
using testing::tiny_model;

struct Outcome {
  std::string text;
  std::vector<TokenId> ids;
  std::vector<double> logprobs;
  RequestEnd end;

  bool operator==(const Outcome& other) const {
    return text == other.text && ids == other.ids && logprobs == other.logprobs;
  }
};

// An answer to wait for.
class Asked {
 public:
  Asked(Scheduler& scheduler, Request request) {
    auto outcome = std::make_shared<Outcome>();
    auto promise = std::make_shared<std::promise<Outcome>>();
    outcome_ = promise->get_future();
    request.on_token = [outcome](const TokenOutput& token) {
      outcome->text += token.text;
      if (token.piece.empty() && token.logprob == 0) return;
      outcome->ids.push_back(token.id);
      outcome->logprobs.push_back(token.logprob);
    };
    request.on_end = [outcome, promise](const RequestEnd& end) {
      outcome->end = end;
      promise->set_value(*outcome);
    };
    id_ = scheduler.submit(std::move(request));
  }
  std::optional<RequestId> id() const { return id_; }
  Outcome wait() { return outcome_.get(); }

 private:
  std::future<Outcome> outcome_;
  std::optional<RequestId> id_;
};

std::vector<TokenId> prompt_of(std::size_t n, std::size_t salt = 0) {
  std::vector<TokenId> ids{1};
  while (ids.size() < n) ids.push_back(static_cast<TokenId>(3 + (ids.size() + salt) * 37 % 280));
  return ids;
}

Request request(std::size_t i) {
  return {.prompt = prompt_of(5 + i * 7 % 60, i),
          .sampling = {.temperature = i % 3 == 0 ? 0.0f : 0.9f, .repeat_penalty = 1.1f, .seed = i},
          .max_tokens = 5 + i % 20,
          .logprobs = 2};
}

Outcome from_session(const Model& model, const Request& asked, std::size_t context, CacheType type = CacheType::f16) {
  Session session(model, {.context = context, .cache_type = type, .sampling = asked.sampling});
  const Generation generation =
      session.generate(asked.prompt, {.max_tokens = asked.max_tokens, .stop = asked.stop, .logprobs = asked.logprobs});
  Outcome outcome{.text = generation.text};
  for (const TokenOutput& token : generation.tokens) {
    outcome.ids.push_back(token.id);
    outcome.logprobs.push_back(token.logprob);
  }
  return outcome;
}

TEST(Scheduler, AnswersDependOnNoNeighbourToTheLastBit) {
  for (const char* quantization : {"", "Q4_K_M"}) {
    const Model model = Model::load(tiny_model({.quantization = quantization}), {.threads = 2});
    Scheduler scheduler(model, {.context = 128, .max_sequences = 5, .batch_tokens = 32});
    std::vector<Asked> asked;
    for (std::size_t i = 0; i < 24; ++i) asked.emplace_back(scheduler, request(i));
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const Outcome outcome = asked[i].wait();
      EXPECT_EQ(outcome, from_session(model, request(i), 128)) << i;
      EXPECT_EQ(outcome.end.completion_tokens, outcome.ids.size());
    }
  }
}

// Sequences of several pages, with beginnings of all lengths in common, that run together and one after another.
TEST(Scheduler, SharedPagesOfEveryCacheTypeChangeNoBit) {
  const Model model = Model::load(tiny_model(), {.threads = 2});
  for (const CacheType type : {CacheType::f32, CacheType::f16, CacheType::q8_0}) {
    Scheduler scheduler(model, {.context = 256, .max_sequences = 3, .batch_tokens = 48, .cache_type = type});
    const auto request_of = [](std::size_t i) {
      Request asked = request(i);
      asked.prompt = prompt_of(40 + i * 31 % 180);
      for (TokenId last = 0; last < 5; ++last) asked.prompt.push_back(static_cast<TokenId>(10 + i) + last);
      return asked;
    };
    std::vector<Asked> asked;
    for (std::size_t i = 0; i < 12; ++i) asked.emplace_back(scheduler, request_of(i));
    std::size_t cached = 0;
    for (std::size_t i = 0; i < 12; ++i) {
      const Outcome outcome = asked[i].wait();
      EXPECT_EQ(outcome, from_session(model, request_of(i), 256, type)) << i;
      cached += outcome.end.cached_tokens;
    }
    EXPECT_GT(cached, 500u);
  }
}

TEST(Scheduler, WhatIsInTheCacheIsNotReadAgainAndChangesNoBit) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 128, .max_sequences = 2});
  Request first{.prompt = prompt_of(60), .sampling = {.temperature = 0}, .max_tokens = 8, .logprobs = 1};
  const Outcome expected = from_session(model, first, 128);
  for (int round = 0; round < 3; ++round) {
    const Outcome outcome =
        Asked(scheduler, {.prompt = first.prompt, .sampling = {.temperature = 0}, .max_tokens = 8, .logprobs = 1})
            .wait();
    EXPECT_EQ(outcome, expected);
    EXPECT_EQ(outcome.end.cached_tokens, round == 0 ? 0u : 59u);
  }
  // A prompt that shares a beginning with it.
  std::vector<TokenId> other = prompt_of(20);
  for (const TokenId id : prompt_of(30, 5)) other.push_back(id);
  Request second{.prompt = other, .sampling = {.temperature = 0}, .max_tokens = 8, .logprobs = 1};
  const Outcome expected_second = from_session(model, second, 128);
  const Outcome outcome = Asked(scheduler, std::move(second)).wait();
  EXPECT_EQ(outcome, expected_second);
  EXPECT_EQ(outcome.end.cached_tokens, 20u);
}

TEST(Scheduler, PinnedPromptsAreInTheCacheFromTheStart) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 128, .max_sequences = 1, .pinned = {prompt_of(40)}});
  Request asked{.prompt = prompt_of(50), .sampling = {.temperature = 0}, .max_tokens = 4, .logprobs = 1};
  const Outcome expected = from_session(model, asked, 128);
  const Outcome outcome = Asked(scheduler, std::move(asked)).wait();
  EXPECT_EQ(outcome, expected);
  EXPECT_EQ(outcome.end.cached_tokens, 40u);
}

TEST(Scheduler, RequestsWithTheSameBeginningReadItOnce) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 128, .max_sequences = 8, .batch_tokens = 32});
  std::vector<Asked> asked;
  for (int i = 0; i < 8; ++i) asked.emplace_back(scheduler, Request{.prompt = prompt_of(100), .max_tokens = 2});
  for (Asked& one : asked) one.wait();
  EXPECT_LT(scheduler.stats().evaluated_tokens, 250u);
}

TEST(Scheduler, ALongPromptKeepsNoAnswerWaitingForLong) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 1024, .max_sequences = 2, .batch_tokens = 512, .max_step_ms = 0.001});
  std::atomic<int> n_tokens{0};
  std::promise<void> done;
  Request answer{.prompt = prompt_of(5), .sampling = {.temperature = 0}, .max_tokens = 200};
  answer.on_token = [&](const TokenOutput&) { ++n_tokens; };
  answer.on_end = [&](const RequestEnd&) { done.set_value(); };
  scheduler.submit(std::move(answer));
  while (n_tokens < 5) std::this_thread::yield();
  const int before = n_tokens;
  Asked asked(scheduler, {.prompt = prompt_of(900), .sampling = {.temperature = 0}, .max_tokens = 1});
  asked.wait();
  // 900 tokens in pieces of 16: the other answer had a token between any two of them.
  EXPECT_GE(n_tokens - before, 50);
  done.get_future().wait();
}

TEST(Scheduler, StopStringsEndAnAnswerAndAreNotPartOfIt) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 128, .max_sequences = 2});
  Request whole = request(4);
  const std::string text = from_session(model, whole, 128).text;
  ASSERT_GT(text.size(), 6u);
  Request stopped = request(4);
  stopped.stop = {text.substr(3, 2)};
  const Outcome outcome = Asked(scheduler, std::move(stopped)).wait();
  EXPECT_EQ(outcome.end.reason, EndReason::stop);
  EXPECT_EQ(outcome.text, text.substr(0, text.find(text.substr(3, 2))));
}

TEST(Scheduler, AFullContextEndsWithLength) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 32, .max_sequences = 1});
  const Outcome outcome = Asked(scheduler, {.prompt = prompt_of(20), .sampling = {.temperature = 0}}).wait();
  EXPECT_EQ(outcome.end.reason, EndReason::length);
  EXPECT_EQ(outcome.end.completion_tokens, 13u);  // the last token needs no place in the cache
}

TEST(Scheduler, RefusesWhatCannotBeAnsweredAndCallsNothingBack) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 32, .max_sequences = 1});
  const auto refused = [&](Request asked, const char* why) {
    asked.on_end = [](const RequestEnd&) { FAIL(); };
    try {
      scheduler.submit(std::move(asked));
      FAIL() << why;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(why));
    }
  };
  refused({}, "the prompt is empty");
  refused({.prompt = prompt_of(32)}, "the context holds 32");
  refused({.prompt = {1, 100000}}, "no token 100000");
  refused({.prompt = {1}, .sampling = {.temperature = -1}}, "temperature");
  refused({.prompt = {1}, .stop = {""}}, "stop string is empty");
}

TEST(Scheduler, CancelledAndLateRequestsEndAndTheOthersGoOn) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 4096, .max_sequences = 1, .max_waiting = 3});
  Asked running(scheduler, {.prompt = prompt_of(10), .sampling = {.temperature = 0}});
  while (scheduler.stats().running == 0) std::this_thread::yield();
  Asked waiting(scheduler, {.prompt = prompt_of(10), .max_tokens = 3});
  Asked late(scheduler, {.prompt = prompt_of(10), .max_tokens = 3, .deadline = Clock::now()});
  Asked last(scheduler, {.prompt = prompt_of(10), .sampling = {.temperature = 0}, .max_tokens = 3});
  EXPECT_EQ(late.wait().end.reason, EndReason::deadline);
  scheduler.cancel(*waiting.id());
  EXPECT_EQ(waiting.wait().end.reason, EndReason::cancelled);
  scheduler.cancel(*running.id());
  EXPECT_EQ(running.wait().end.reason, EndReason::cancelled);
  EXPECT_EQ(last.wait().ids.size(), 3u);
}

TEST(Scheduler, RefusesWhenTooManyWait) {
  const Model model = Model::load(tiny_model());
  std::vector<Asked> asked;
  {
    Scheduler scheduler(model, {.context = 4096, .max_sequences = 1, .max_waiting = 2});
    asked.emplace_back(scheduler, Request{.prompt = prompt_of(10), .sampling = {.temperature = 0}});
    while (scheduler.stats().running == 0) std::this_thread::yield();
    for (int i = 0; i < 3; ++i) asked.emplace_back(scheduler, Request{.prompt = prompt_of(10)});
    EXPECT_TRUE(asked[2].id().has_value());
    EXPECT_FALSE(asked[3].id().has_value());
  }
  for (int i = 0; i < 3; ++i) EXPECT_EQ(asked[static_cast<std::size_t>(i)].wait().end.reason, EndReason::cancelled);
}

TEST(Scheduler, AModelWithoutFiniteLogitsFailsTheRequestAndNothingElse) {
  const Model model = Model::load(tiny_model({.output_norm = 1e38f}));
  Scheduler scheduler(model, {.context = 64, .max_sequences = 2});
  for (int i = 0; i < 2; ++i) {
    const Outcome outcome = Asked(scheduler, {.prompt = prompt_of(5)}).wait();
    EXPECT_EQ(outcome.end.reason, EndReason::failed);
    EXPECT_THAT(outcome.end.error, HasSubstr("no finite logits"));
  }
}

// Allows one token id after another, and then the end.
class Exactly : public TokenConstraint {
 public:
  Exactly(std::vector<TokenId> ids, TokenId end, std::size_t vocabulary, bool jumps)
      : ids_(std::move(ids)), end_(end), mask_((vocabulary + 63) / 64), jumps_(jumps) {}
  TokenMask allowed() override {
    std::fill(mask_.begin(), mask_.end(), 0);
    const auto next = static_cast<std::size_t>(at_ < ids_.size() ? ids_[at_] : end_);
    mask_[next / 64] |= std::uint64_t{1} << next % 64;
    return mask_;
  }
  void accept(TokenId) override { ++at_; }
  void jump(std::vector<TokenId>& tokens) override {
    while (jumps_ && at_ < ids_.size()) tokens.push_back(ids_[at_++]);
  }

 private:
  std::vector<TokenId> ids_;
  TokenId end_;
  std::vector<std::uint64_t> mask_;
  bool jumps_;
  std::size_t at_ = 0;
};

TEST(Scheduler, AConstraintDecidesAndJumpsAhead) {
  const Model model = Model::load(tiny_model());
  const std::vector<TokenId> wanted{70, 71, 72, 73, 74, 75};
  TokenId end = 0;
  while (!model.is_end_of_generation(end)) ++end;
  std::uint64_t steps_without = 0;
  for (const bool jumps : {false, true}) {
    Scheduler scheduler(model, {.context = 64, .max_sequences = 1});
    Request asked{.prompt = prompt_of(5)};
    asked.constraint = std::make_unique<Exactly>(wanted, end, model.vocabulary_size(), jumps);
    const Outcome outcome = Asked(scheduler, std::move(asked)).wait();
    EXPECT_EQ(outcome.ids, wanted);
    EXPECT_EQ(outcome.end.reason, EndReason::stop);
    if (jumps) {
      EXPECT_LT(scheduler.stats().steps + 3, steps_without);
    }
    steps_without = scheduler.stats().steps;
  }
}

TEST(Scheduler, StopStringsEndTextAndNoCallThatHasBegun) {
  const Model model = Model::load(tiny_model());
  TokenId end = 0;
  while (!model.is_end_of_generation(end)) ++end;
  Scheduler scheduler(model, {.context = 64, .max_sequences = 1});
  const auto said = [&](const std::string& text, bool jumps) {
    Request asked{.prompt = prompt_of(5), .stop = {"a", ">"}, .uncut = {.begins_with = "<call>"}};
    const auto ids = model.tokenize(text, {.add_special = false});
    asked.constraint = std::make_unique<Exactly>(ids, end, model.vocabulary_size(), jumps);
    return Asked(scheduler, std::move(asked)).wait();
  };
  for (const bool jumps : {false, true}) {
    const std::string text = said("Well <c <call>ab>", jumps).text;
    EXPECT_THAT(text, ::testing::EndsWith("Well <c <call>ab>"));
    EXPECT_THAT(said("Well, at last <call>ab>", jumps).text, ::testing::EndsWith("Well, "));
  }
}

TEST(Scheduler, UnderAGrammarItSaysWhatASessionSays) {
  const Model model = Model::load(tiny_model());
  const Constraint constraint{Constraint::Kind::json_schema, R"({"type": "object", "additionalProperties": false,
      "properties": {"name": {"type": "string", "maxLength": 4}, "size": {"const": 7}}, "required": ["name", "size"]})"};
  GrammarCache& grammars = loaded_model(model)->grammars();
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    Session session(model, {.context = 128, .sampling = {.temperature = 0.9f, .seed = seed}});
    const Generation expected = session.generate(prompt_of(5), {.constraint = constraint});
    EXPECT_EQ(expected.finish_reason, "stop");
    for (const bool logprobs : {false, true}) {
      Scheduler scheduler(model, {.context = 128, .max_sequences = 1});
      Request asked{.prompt = prompt_of(5), .sampling = {.temperature = 0.9f, .seed = seed}};
      if (logprobs) asked.logprobs = 0;
      asked.constraint = std::make_unique<GrammarConstraint>(grammars.get(constraint));
      const Outcome outcome = Asked(scheduler, std::move(asked)).wait();
      EXPECT_EQ(outcome.end.reason, EndReason::stop) << outcome.end.error;
      EXPECT_EQ(outcome.text, expected.text);
      EXPECT_EQ(outcome.ids.size(), expected.tokens.size());
    }
  }
}

TEST(Scheduler, ReadsAPromptOfSeveralAnswersOnce) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 256, .max_sequences = 4});
  std::vector<Request> requests(4);
  std::vector<std::promise<RequestEnd>> ends(4);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i] = {.prompt = prompt_of(120), .sampling = {.temperature = 0}, .max_tokens = 1};
    requests[i].on_end = [&end = ends[i]](const RequestEnd& result) { end.set_value(result); };
  }
  ASSERT_TRUE(scheduler.submit_all(std::move(requests)));
  for (auto& end : ends) EXPECT_EQ(end.get_future().get().reason, EndReason::length);
  EXPECT_EQ(scheduler.stats().evaluated_tokens, 120u + 3u);
}

TEST(Scheduler, TakesAllRequestsOrNone) {
  const Model model = Model::load(tiny_model());
  Scheduler scheduler(model, {.context = 128, .max_sequences = 1, .max_waiting = 2});
  std::vector<Request> requests;
  for (int i = 0; i < 3; ++i) requests.push_back({.prompt = prompt_of(4), .max_tokens = 1});
  EXPECT_FALSE(scheduler.submit_all(std::move(requests)));
  EXPECT_EQ(scheduler.stats().waiting, 0u);
}

TEST(Scheduler, AnswersWithAdaptersAsSessionsDoAndSharesNoPrefixBetweenThem) {
  const Model plain = Model::load(tiny_model());
  const Model models[] = {plain, plain.with_adapter(testing::tiny_adapter(plain, 0.5f)),
                          plain.with_adapter(testing::tiny_adapter(plain, -0.9f))};
  Scheduler scheduler(plain, {.context = 256, .max_sequences = 6, .max_adapter_rank = 2});
  for (int round = 0; round < 2; ++round) {  // the second finds prefixes of the first
    std::vector<std::unique_ptr<Asked>> asked;
    for (std::size_t i = 0; i < 6; ++i) {
      Request one = request(3);
      one.adapter = adapter_of(models[i % 3]);
      asked.push_back(std::make_unique<Asked>(scheduler, std::move(one)));
    }
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(asked[i]->wait(), from_session(models[i % 3], request(3), 256)) << i;
  }
  EXPECT_NE(from_session(models[0], request(3), 256), from_session(models[1], request(3), 256));
  Scheduler without(plain, {.context = 256, .max_sequences = 1});
  Request one = request(3);
  one.adapter = adapter_of(models[1]);
  EXPECT_THROW(without.submit(std::move(one)), Error);
}

TEST(Scheduler, BeginsWarmAfterARestartWithTheSameBits) {
  const Model model = Model::load(tiny_model());
  const testing::TemporaryFolder folder;
  const auto file = folder / "warm.kv";
  const SchedulerOptions options{.context = 256, .max_sequences = 3, .cache_file = file.string()};
  Request one = request(5);
  one.prompt = prompt_of(100);
  const auto ask = [&](const SchedulerOptions& with) {
    Scheduler scheduler(model, with);
    Request again = request(5);
    again.prompt = prompt_of(100);
    return Asked(scheduler, std::move(again)).wait();
  };
  const Outcome cold = ask(options), warm = ask(options);
  EXPECT_EQ(cold, warm);
  EXPECT_EQ(cold.end.cached_tokens, 0u);
  EXPECT_EQ(warm.end.cached_tokens, 99u);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write) << "prompts are in it";
  SchedulerOptions other = options;
  other.context = 200;
  EXPECT_EQ(ask(other).end.cached_tokens, 0u) << "written for another context";
}

TEST(Scheduler, IgnoresACacheFileThatIsBrokenAnywhere) {
  const Model model = Model::load(tiny_model());
  const testing::TemporaryFolder folder;
  const auto file = folder / "broken.kv";
  const SchedulerOptions options{.context = 64, .max_sequences = 1, .cache_file = file.string()};
  const auto ask = [&] {
    Scheduler scheduler(model, options);
    return Asked(scheduler, {.prompt = prompt_of(30), .sampling = {.temperature = 0}, .max_tokens = 4}).wait();
  };
  const Outcome cold = ask();
  const std::string whole = read_file(file);
  for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 40) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x40);
    std::ofstream(file, std::ios::binary) << (at % 2 == 0 ? broken : whole.substr(0, at));
    EXPECT_EQ(ask(), cold) << at;
  }
}

}  // namespace
}  // namespace minnow::engine
