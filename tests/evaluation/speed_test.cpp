#include "evaluation/speed.hpp"

#include <gtest/gtest.h>

#include <string>

#include "machine/memory.hpp"
#include "minnow/error.hpp"
#include "tiny_model.hpp"

namespace minnow::evaluation {
namespace {

TEST(Speed, MeasuresATinyModelAndItsCeilings) {
  const Model model = Model::load(testing::tiny_model({.quantization = "Q8_0"}), {.threads = 2});
  std::size_t reports = 0;
  const SpeedReport report = measure_speed(model, {.prompt_tokens = 8,
                                                   .decode_tokens = 3,
                                                   .batches = {1, 2},
                                                   .repetitions = 2,
                                                   .progress = [&](std::size_t, std::size_t) { ++reports; }});
  EXPECT_EQ(report.repetitions, 2u);
  EXPECT_EQ(reports, 3u);
  EXPECT_EQ(report.facts.threads, 2u);
  for (const Rate& rate : {report.prefill_tokens_per_s, report.decode_tokens_per_s, report.read_bandwidth_bytes_per_s,
                           report.matmul_ops_per_s, report.batches[0].tokens_per_s, report.batches[1].tokens_per_s}) {
    EXPECT_GT(rate.min, 0);
    EXPECT_LE(rate.min, rate.median);
    EXPECT_LE(rate.median, rate.max);
  }
  EXPECT_GT(report.bytes_per_token, 0.5 * static_cast<double>(model.weights_bytes()));
  EXPECT_LT(report.bytes_per_token, 1.1 * static_cast<double>(model.weights_bytes()));
  EXPECT_GT(report.facts.first_token_ms, report.facts.load_ms);
  EXPECT_FALSE(report.facts.matmul_instruction.empty());
}

TEST(Speed, RefusesNumbersThatMakeNoSense) {
  const Model model = Model::load(testing::tiny_model());
  EXPECT_THROW(measure_speed(model, {.prompt_tokens = 0}), Error);
  EXPECT_THROW(measure_speed(model, {.decode_tokens = 0}), Error);
  EXPECT_THROW(measure_speed(model, {.repetitions = 0}), Error);
  EXPECT_THROW(measure_speed(model, {.batches = {1, 100000}}), Error);
}

TEST(Speed, RefusesBatchesThatDontFitIntoMemory) {
  if (machine::available_memory_bytes() > 130'000'000'000) GTEST_SKIP() << "they do fit";
  const Model model = Model::load(testing::tiny_model());
  try {
    measure_speed(model, {.prompt_tokens = 1, .decode_tokens = 1 << 20, .batches = {1024}, .repetitions = 1});
    FAIL() << "a million tokens of a thousand sequences were decoded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    EXPECT_NE(std::string(error.what()).find("1024 sequences"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace minnow::evaluation
