#include "engine/session_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "minnow/error.hpp"

namespace minnow::engine {
namespace {

models::DecoderSpec spec_of(std::size_t context_length) {
  models::DecoderSpec spec;
  spec.vocabulary_size = 32000;
  spec.embedding_size = 2048;
  spec.context_length = context_length;
  spec.key_size = spec.value_size = 64;
  spec.rope.n_dims = 64;
  spec.layers.assign(16, {.n_heads = 32, .n_kv_heads = 8, .ffn_size = 8192});
  return spec;
}

TEST(SessionPlan, DefaultsToTheModelsContextButAtMost4096) {
  EXPECT_EQ(plan_session(spec_of(2048), {}, 0).context, 2048u);
  EXPECT_EQ(plan_session(spec_of(131072), {}, 0).context, 4096u);
}

TEST(SessionPlan, TheDefaultShrinksToWhatFits) {
  const std::uint64_t available = plan_session(spec_of(131072), {.context = 1000}, 0).total_bytes();
  EXPECT_EQ(plan_session(spec_of(131072), {}, available).context, 1000u);
}

TEST(SessionPlan, AskingForMoreThanFitsNamesTheLargestThatDoes) {
  const std::uint64_t available = plan_session(spec_of(131072), {.context = 3000}, 0).total_bytes();
  EXPECT_EQ(plan_session(spec_of(131072), {.context = 3000}, available).context, 3000u);
  try {
    plan_session(spec_of(131072), {.context = 8192}, available);
    FAIL() << "8192 tokens were planned into the memory of 3000";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("8192"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("3000"));
  }
}

TEST(SessionPlan, NothingFitsInNoMemory) { EXPECT_THROW(plan_session(spec_of(2048), {}, 1000), Error); }

TEST(SessionPlan, RefusesAbsurdSizes) {
  EXPECT_THROW(plan_session(spec_of(2048), {.context = ~std::size_t{0}}, 0), Error);
  EXPECT_THROW(plan_session(spec_of(2048), {.batch_tokens = 0}, 0), Error);
  auto learned = spec_of(1024);
  learned.learned_positions = true;
  EXPECT_THROW(plan_session(learned, {.context = 1025}, 0), Error);
}

}  // namespace
}  // namespace minnow::engine
