#include "engine/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "base/error.hpp"
#include "engine/probability.hpp"
#include "kernels/math.hpp"

namespace minnow::engine {
namespace {

void require(bool holds, const char* name, double value, const char* range) {
  if (!holds) fail(ErrorCode::invalid_input, "{} must be {}, not {}", name, range, value);
}

bool better(const Candidate& a, const Candidate& b) { return a.logit > b.logit || (a.logit == b.logit && a.id < b.id); }

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace

void check_sampling(const SamplingOptions& options, std::size_t vocabulary_size) {
  // Each condition is written so that NaN fails it.
  require(options.temperature >= 0 && std::isfinite(options.temperature), "temperature", options.temperature,
          "0 or more");
  require(options.top_k >= 0, "top-k", options.top_k, "0 (all) or more");
  require(options.top_p > 0 && options.top_p <= 1, "top-p", options.top_p, "above 0 and at most 1");
  require(options.min_p >= 0 && options.min_p <= 1, "min-p", options.min_p, "between 0 and 1");
  require(options.repeat_penalty > 0 && std::isfinite(options.repeat_penalty), "the repeat penalty",
          options.repeat_penalty, "above 0");
  require(options.repeat_last_n >= -1, "the penalties' window", options.repeat_last_n, "-1 (all) or more");
  require(std::isfinite(options.frequency_penalty), "the frequency penalty", options.frequency_penalty, "finite");
  require(std::isfinite(options.presence_penalty), "the presence penalty", options.presence_penalty, "finite");
  for (const LogitBias& bias : options.logit_bias) {
    if (bias.id < 0 || static_cast<std::size_t>(bias.id) >= vocabulary_size) {
      fail(ErrorCode::invalid_input, "there is no token {} to bias: the vocabulary has {}", bias.id, vocabulary_size);
    }
    require(bias.bias < std::numeric_limits<float>::infinity(), "a logit bias", bias.bias, "finite, or minus infinity");
  }
}

SamplerLists::SamplerLists(std::size_t vocabulary_size)
    : candidates(vocabulary_size), weights(vocabulary_size), counts(vocabulary_size) {}

std::uint64_t SamplerLists::size_bytes(std::size_t vocabulary_size) {
  return static_cast<std::uint64_t>(vocabulary_size) * (sizeof(Candidate) + sizeof(double) + sizeof(std::uint32_t));
}

Sampler::Sampler(const SamplingOptions& options, SamplerLists& lists)
    : options_(options),
      seed_((check_sampling(options, lists.candidates.size()), options.seed ? *options.seed : random_seed())),
      random_(seed_),
      lists_(&lists) {}

Sampler::Sampler(const SamplingOptions& options, std::size_t vocabulary_size)
    : options_(options),
      seed_((check_sampling(options, vocabulary_size), options.seed ? *options.seed : random_seed())),
      random_(seed_),
      own_lists_(std::make_unique<SamplerLists>(vocabulary_size)),
      lists_(own_lists_.get()) {}

TokenId Sampler::choose(std::span<const float> logits, std::span<const TokenId> history, TokenMask allowed) {
  const std::span<const Candidate> left = candidates(logits, history, allowed);
  if (left.size() == 1) return left[0].id;
  const std::span<const double> weights = probabilities();
  double point = random_.uniform();
  for (std::size_t i = 0; i + 1 < left.size(); ++i) {
    if (point < weights[i]) return left[i].id;
    point -= weights[i];
  }
  return left.back().id;
}

std::span<const Candidate> Sampler::candidates(std::span<const float> logits, std::span<const TokenId> history,
                                               TokenMask allowed) {
  checked_maximum(logits);
  std::vector<Candidate>& list = lists_->candidates;
  n_candidates_ = logits.size();
  for (std::size_t i = 0; i < logits.size(); ++i) list[i] = {logits[i], static_cast<TokenId>(i)};
  add_bias();
  penalize(history);
  if (!allowed.empty()) keep_allowed(allowed);
  if (options_.temperature == 0) {
    list[0] = *std::min_element(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(n_candidates_), better);
    n_candidates_ = 1;
    lists_->weights[0] = 1;
    return {list.data(), 1};
  }
  keep_top_k();
  keep_top_p();
  keep_min_p();
  const double sum = weigh(options_.temperature);
  for (std::size_t i = 0; i < n_candidates_; ++i) lists_->weights[i] /= sum;
  return {list.data(), n_candidates_};
}

void Sampler::add_bias() {
  for (const LogitBias& bias : options_.logit_bias) {
    if (static_cast<std::size_t>(bias.id) >= n_candidates_) continue;  // of another vocabulary than these logits
    float& logit = lists_->candidates[static_cast<std::size_t>(bias.id)].logit;
    logit = std::clamp(logit + bias.bias, std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max());
  }
}

// A token seen in the window has its logit divided (or, below zero, multiplied) by the repeat penalty, and lowered by
// the frequency penalty once per occurrence and by the presence penalty once.
void Sampler::penalize(std::span<const TokenId> history) {
  const bool off = options_.repeat_penalty == 1 && options_.frequency_penalty == 0 && options_.presence_penalty == 0;
  if (off || options_.repeat_last_n == 0) return;
  if (options_.repeat_last_n > 0) {
    history = history.last(std::min(history.size(), static_cast<std::size_t>(options_.repeat_last_n)));
  }
  for (const TokenId id : history) ++lists_->counts[static_cast<std::size_t>(id)];
  for (const TokenId id : history) {
    std::uint32_t& count = lists_->counts[static_cast<std::size_t>(id)];
    if (count == 0) continue;  // done at its first occurrence
    float& logit = lists_->candidates[static_cast<std::size_t>(id)].logit;
    logit = logit <= 0 ? logit * options_.repeat_penalty : logit / options_.repeat_penalty;
    logit -= static_cast<float>(count) * options_.frequency_penalty + options_.presence_penalty;
    logit = std::clamp(logit, std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max());
    count = 0;
  }
}

// A logit of -infinity becomes the lowest number: if nothing better is allowed, all of them are equally likely.
void Sampler::keep_allowed(TokenMask allowed) {
  std::vector<Candidate>& list = lists_->candidates;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n_candidates_; ++i) {
    if (!allows(allowed, list[i].id)) continue;
    list[kept++] = {std::max(list[i].logit, std::numeric_limits<float>::lowest()), list[i].id};
  }
  if (kept == 0) fail(ErrorCode::internal, "the constraint on this answer allows no token at all");
  n_candidates_ = kept;
}

// Also puts what is kept in order, best first.
void Sampler::keep_top_k() {
  const auto end_of = [&](std::size_t n) { return lists_->candidates.begin() + static_cast<std::ptrdiff_t>(n); };
  const std::size_t all = n_candidates_;
  if (options_.top_k > 0) n_candidates_ = std::min(n_candidates_, static_cast<std::size_t>(options_.top_k));
  std::partial_sort(lists_->candidates.begin(), end_of(n_candidates_), end_of(all), better);
}

// The fewest candidates whose probabilities reach top_p together.
void Sampler::keep_top_p() {
  if (options_.top_p >= 1) return;
  const double enough = static_cast<double>(options_.top_p) * weigh(1);
  double reached = 0;
  for (std::size_t i = 0; i < n_candidates_; ++i) {
    reached += lists_->weights[i];
    if (reached >= enough) n_candidates_ = i + 1;
  }
}

// Those at least min_p times as likely as the best.
void Sampler::keep_min_p() {
  if (options_.min_p <= 0) return;
  const double least = static_cast<double>(lists_->candidates[0].logit) + kernels::log_f64(options_.min_p);
  std::size_t kept = 1;
  while (kept < n_candidates_ && static_cast<double>(lists_->candidates[kept].logit) >= least) ++kept;
  n_candidates_ = kept;
}

// Fills weights_ with exp((logit - best) / temperature) and returns their sum.
double Sampler::weigh(double temperature) {
  const double best = lists_->candidates[0].logit;
  double sum = 0;
  for (std::size_t i = 0; i < n_candidates_; ++i) {
    lists_->weights[i] = kernels::exp_f64((static_cast<double>(lists_->candidates[i].logit) - best) / temperature);
    sum += lists_->weights[i];
  }
  return sum;
}

}  // namespace minnow::engine
