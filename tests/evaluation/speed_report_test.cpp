#include "evaluation/speed_report.hpp"

#include <gtest/gtest.h>

#include "evaluation/roofline.hpp"

namespace minnow::evaluation {
namespace {

// 100 prompt tokens, 10 decoded ones; round numbers, so that every expectation below can be worked out by hand.
SpeedFacts some_facts() {
  SpeedFacts facts;
  facts.model = "fish & <chips>";
  facts.isa = "avx512";
  facts.arithmetic = "exact";
  facts.threads = 2;
  facts.prompt_tokens = 100;
  facts.decode_tokens = 10;
  facts.batches = {1, 4};
  facts.batch_steps = 5;
  facts.matmul_instruction = "vpdpbusd";
  facts.weight_bytes = 900;
  facts.attention_bytes = 100;
  facts.prefill_bytes = 900;
  facts.prefill_operations = 6000;
  facts.decode_operations = 80;
  return facts;
}

SpeedSample some_sample(double slowness) {
  return {.prefill_s = 2 * slowness,
          .decode_s = 0.5 * slowness,
          .batch_s = {1 * slowness, 2 * slowness},
          .bandwidth_before = 30000 / slowness,
          .bandwidth_after = 10000 / slowness,
          .matmul_before = 5000 / slowness,
          .matmul_after = 7000 / slowness,
          .bf16 = 12000 / slowness};
}

TEST(Rate, IsTheMedianAndTheExtremes) {
  const Rate odd = rate({5, 1, 3});
  EXPECT_EQ(odd.median, 3);
  EXPECT_EQ(odd.min, 1);
  EXPECT_EQ(odd.max, 5);
  EXPECT_EQ(rate({4, 1, 2, 100}).median, 3);
  EXPECT_EQ(rate({7}).median, 7);
}

TEST(SpeedReport, DividesTokensBySecondsAndSharesByCeilings) {
  const SpeedReport report = speed_report(some_facts(), std::vector{some_sample(1)});
  EXPECT_EQ(report.repetitions, 1u);
  EXPECT_DOUBLE_EQ(report.prefill_tokens_per_s.median, 50);
  EXPECT_DOUBLE_EQ(report.decode_tokens_per_s.median, 20);
  ASSERT_EQ(report.batches.size(), 2u);
  EXPECT_DOUBLE_EQ(report.batches[0].tokens_per_s.median, 5);
  EXPECT_DOUBLE_EQ(report.batches[1].tokens_per_s.median, 10);
  EXPECT_DOUBLE_EQ(report.read_bandwidth_bytes_per_s.median, 20000);
  EXPECT_DOUBLE_EQ(report.matmul_ops_per_s.median, 6000);
  EXPECT_DOUBLE_EQ(report.bytes_per_token, 1000);
  EXPECT_DOUBLE_EQ(report.decode_fraction_of_bandwidth, 1000.0 * 20 / 20000);
  EXPECT_DOUBLE_EQ(report.prefill_ops_per_s, 3000);
  EXPECT_DOUBLE_EQ(report.prefill_fraction_of_matmul, 0.5);
  EXPECT_FALSE(report.bf16_ops_per_s);
}

// A machine that gets slower and slower changes every rate and no share.
TEST(SpeedReport, SharesAreFormedWithinARepetition) {
  const SpeedReport report = speed_report(some_facts(), std::vector{some_sample(1), some_sample(3), some_sample(10)});
  EXPECT_DOUBLE_EQ(report.decode_fraction_of_bandwidth, 1);
  EXPECT_DOUBLE_EQ(report.prefill_fraction_of_matmul, 0.5);
  EXPECT_DOUBLE_EQ(report.decode_tokens_per_s.max, 20);
  EXPECT_DOUBLE_EQ(report.decode_tokens_per_s.min, 2);
}

TEST(SpeedReport, FastArithmeticIsHeldToTheBf16Unit) {
  SpeedFacts facts = some_facts();
  facts.bf16_instruction = "tdpbf16ps";
  EXPECT_DOUBLE_EQ(speed_report(facts, std::vector{some_sample(1)}).prefill_fraction_of_matmul, 0.5);
  facts.arithmetic = "fast";
  const SpeedReport report = speed_report(facts, std::vector{some_sample(1)});
  EXPECT_DOUBLE_EQ(report.prefill_fraction_of_matmul, 0.25);
  ASSERT_TRUE(report.bf16_ops_per_s);
  EXPECT_DOUBLE_EQ(report.bf16_ops_per_s->median, 12000);
}

TEST(Roofline, EscapesNamesAndDrawsEveryPoint) {
  SpeedFacts facts = some_facts();
  const std::string svg = roofline_svg(speed_report(facts, std::vector{some_sample(1)}));
  EXPECT_NE(svg.find("fish &amp; &lt;chips&gt;"), std::string::npos);
  EXPECT_NE(svg.find("decode: 20.0 tokens/s, 100% of the bandwidth"), std::string::npos);
  EXPECT_NE(svg.find("4 sequences: 10.0 tokens/s"), std::string::npos);
  EXPECT_NE(svg.find("prefill: 50 tokens/s, 50% of the matrix rate"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
}

}  // namespace
}  // namespace minnow::evaluation
