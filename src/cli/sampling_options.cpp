#include "cli/sampling_options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "cli/validators.hpp"

namespace minnow::cli {
namespace {

LogitBias logit_bias(const std::string& text) {
  LogitBias bias;
  char* end = nullptr;
  const auto [sign, error] = std::from_chars(text.data(), text.data() + text.size(), bias.id);
  const bool has_sign = sign < text.data() + text.size() && (*sign == '+' || *sign == '-');
  if (error == std::errc() && has_sign) bias.bias = std::strtof(sign, &end);
  if (end == nullptr || end != text.data() + text.size() || end == sign) {
    fail(ErrorCode::invalid_input, "--logit-bias takes a token's number and what to add, as 15043+1, not '{}'", text);
  }
  return bias;
}

}  // namespace

void add_sampling_options(CLI::App& command, SamplingOptions& sampling, std::optional<float>& temperature) {
  const std::string group = "Sampling";
  command.add_option("--temp", temperature, "Temperature; 0: the likeliest token (default 0.8; embedded model 0)")
      ->check(between(0.0, 100.0))
      ->group(group);
  command.add_option("--top-k", sampling.top_k, "Keep the K likeliest tokens; 0: all")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 30))
      ->group(group);
  command.add_option("--top-p", sampling.top_p, "Keep the likeliest tokens that add up to P; 1: all")
      ->capture_default_str()
      ->check(between(0.0, 1.0))
      ->group(group);
  command.add_option("--min-p", sampling.min_p, "Keep tokens at least P times as likely as the likeliest; 0: all")
      ->capture_default_str()
      ->check(between(0.0, 1.0))
      ->group(group);
  command.add_option("--repeat-penalty", sampling.repeat_penalty, "Divide the logits of recent tokens by this; 1: no")
      ->capture_default_str()
      ->check(between(0.01, 100.0))
      ->group(group);
  command.add_option("--repeat-last-n", sampling.repeat_last_n, "How many tokens the penalties look back; -1: all")
      ->capture_default_str()
      ->check(CLI::Range(-1, 1 << 30))
      ->group(group);
  command
      .add_option("--frequency-penalty", sampling.frequency_penalty, "Subtracted from a logit per recent occurrence")
      ->capture_default_str()
      ->check(between(-100.0, 100.0))
      ->group(group);
  command.add_option("--presence-penalty", sampling.presence_penalty, "Subtracted once from logits of recent tokens")
      ->capture_default_str()
      ->check(between(-100.0, 100.0))
      ->group(group);
  command
      .add_option_function<std::vector<std::string>>(
          "-l,--logit-bias",
          [&sampling](const std::vector<std::string>& biases) {
            for (const std::string& bias : biases) sampling.logit_bias.push_back(logit_bias(bias));
          },
          "Adds to a token's logit: 15043+1 or 15043-1, 15043-inf never takes it; may be repeated")
      ->type_name("TOKEN(+|-)BIAS")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(group);
  command
      .add_option_function<std::int64_t>(
          "-s,--seed",
          [&sampling](std::int64_t seed) {
            if (seed >= 0) sampling.seed = static_cast<std::uint64_t>(seed);
          },
          "Same seed, same text; -1: a random one (default)")
      ->check(CLI::Range(std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()))
      ->group(group);
}

}  // namespace minnow::cli
