// What a Scheduler is made of: who goes first, how much a step reads, and what memory it takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/fair_queue.hpp"
#include "engine/loaded_model.hpp"
#include "engine/prefill_budget.hpp"
#include "engine/scheduler_plan.hpp"
#include "minnow/error.hpp"
#include "tiny_model.hpp"

namespace minnow::engine {
namespace {

using ::testing::HasSubstr;
using testing::tiny_model;

TEST(FairQueue, PriorityFirstThenClientsShareAndNobodyStarves) {
  FairQueue queue;
  const auto push = [&](const char* client, std::size_t n, RequestId id, int priority = 0) {
    queue.push({.prompt = std::vector<TokenId>(n), .priority = priority, .client = client}, id, Clock::now());
  };
  for (RequestId id = 1; id <= 5; ++id) push("greedy", 100, id);
  push("modest", 100, 10);
  push("urgent", 1000, 20, 1);
  std::vector<RequestId> order;
  while (!queue.empty()) order.push_back(queue.pop().id);
  EXPECT_THAT(order, ::testing::ElementsAre(20, 1, 10, 2, 3, 4, 5));
}

TEST(FairQueue, AnswersCountAsMuchAsPrompts) {
  FairQueue queue;
  const auto push = [&](const char* client, std::size_t n, RequestId id) {
    queue.push({.prompt = std::vector<TokenId>(n), .client = client}, id, Clock::now());
  };
  for (RequestId id = 1; id <= 3; ++id) push("talkative", 1, id);
  EXPECT_EQ(queue.pop().id, 1u);
  queue.charge("talkative", 400);
  push("brief", 300, 10);
  push("brief", 300, 11);
  std::vector<RequestId> order;
  while (!queue.empty()) order.push_back(queue.pop().id);
  EXPECT_THAT(order, ::testing::ElementsAre(10, 11, 2, 3));
}

TEST(PrefillBudget, FollowsTheTimeStepsTake) {
  PrefillBudget budget(50, 512);
  for (int i = 0; i < 20; ++i) budget.learn(budget.tokens(), 10 + 0.5 * static_cast<double>(budget.tokens()));
  EXPECT_NEAR(static_cast<double>(budget.tokens()), 80, 8);
  for (int i = 0; i < 20; ++i) budget.learn(budget.tokens(), 1e6);
  EXPECT_EQ(budget.tokens(), 16u);
  for (int i = 0; i < 20; ++i) budget.learn(budget.tokens(), 1e-3);
  EXPECT_EQ(budget.tokens(), 512u);
}

TEST(SchedulerPlan, RefusesWhatDoesNotFitAndSaysWhatWould) {
  const Model model = Model::load(tiny_model());
  const models::DecoderSpec& spec = loaded_model(model)->spec();
  const std::uint64_t available = 64u << 20;
  const SchedulerPlan automatic = plan_scheduler(spec, {.context = 1024}, available);
  EXPECT_GE(automatic.max_sequences, 1u);
  EXPECT_LE(automatic.kv_bytes + automatic.scratch_bytes, available / 2);
  try {
    plan_scheduler(spec, {.context = 1024, .max_sequences = 4000}, available);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    EXPECT_THAT(error.what(), HasSubstr("sequences fit"));
  }
}

}  // namespace
}  // namespace minnow::engine
