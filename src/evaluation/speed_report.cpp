#include "evaluation/speed_report.hpp"

#include <algorithm>
#include <utility>

namespace minnow::evaluation {
namespace {

template <class Value>
Rate rate_of(std::span<const SpeedSample> samples, const Value& value) {
  std::vector<double> values;
  for (const SpeedSample& sample : samples) values.push_back(value(sample));
  return rate(std::move(values));
}

double bandwidth(const SpeedSample& sample) { return (sample.bandwidth_before + sample.bandwidth_after) / 2; }
double matmul(const SpeedSample& sample) { return (sample.matmul_before + sample.matmul_after) / 2; }

std::vector<BatchSpeed> batch_speeds(const SpeedFacts& facts, std::span<const SpeedSample> samples) {
  std::vector<BatchSpeed> speeds;
  for (std::size_t i = 0; i < facts.batches.size(); ++i) {
    const auto n_tokens = static_cast<double>(facts.batches[i] * facts.batch_steps);
    speeds.push_back(
        {facts.batches[i], rate_of(samples, [&](const SpeedSample& s) { return n_tokens / s.batch_s[i]; })});
  }
  return speeds;
}

}  // namespace

Rate rate(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const std::size_t middle = samples.size() / 2;
  const bool even = samples.size() % 2 == 0;
  return {.median = even ? (samples[middle - 1] + samples[middle]) / 2 : samples[middle],
          .min = samples.front(),
          .max = samples.back()};
}

SpeedReport speed_report(SpeedFacts facts, std::span<const SpeedSample> samples) {
  const auto prompt_tokens = static_cast<double>(facts.prompt_tokens);
  const auto decode_tokens = static_cast<double>(facts.decode_tokens);
  const bool has_bf16 = !facts.bf16_instruction.empty();
  const bool uses_bf16 = has_bf16 && facts.arithmetic == "fast";
  SpeedReport report;
  report.repetitions = samples.size();
  report.prefill_tokens_per_s = rate_of(samples, [&](const SpeedSample& s) { return prompt_tokens / s.prefill_s; });
  report.decode_tokens_per_s = rate_of(samples, [&](const SpeedSample& s) { return decode_tokens / s.decode_s; });
  report.batches = batch_speeds(facts, samples);
  report.read_bandwidth_bytes_per_s = rate_of(samples, bandwidth);
  report.matmul_ops_per_s = rate_of(samples, matmul);
  if (has_bf16) report.bf16_ops_per_s = rate_of(samples, [](const SpeedSample& s) { return s.bf16; });

  report.bytes_per_token = facts.weight_bytes + facts.attention_bytes;
  const auto decode_share = [&](const SpeedSample& s) {
    return report.bytes_per_token * decode_tokens / s.decode_s / bandwidth(s);
  };
  const auto prefill_rate = [&](const SpeedSample& s) { return facts.prefill_operations / s.prefill_s; };
  const auto prefill_share = [&](const SpeedSample& s) { return prefill_rate(s) / (uses_bf16 ? s.bf16 : matmul(s)); };
  report.decode_fraction_of_bandwidth = rate_of(samples, decode_share).median;
  report.prefill_ops_per_s = rate_of(samples, prefill_rate).median;
  report.prefill_fraction_of_matmul = rate_of(samples, prefill_share).median;
  report.facts = std::move(facts);
  return report;
}

}  // namespace minnow::evaluation
