// Logits as probabilities, before sampling changes them: log-softmax in double precision, the same bits on every
// machine.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "minnow/session.hpp"

namespace minnow::engine {

// The largest logit. Throws Error(invalid_input) when one is not a number or infinite, or when all are -infinity:
// such a model file is broken, and any token drawn from it would be noise.
float checked_maximum(std::span<const float> logits);

// log of the sum of exp(logit): a token's log-probability is its logit less this.
// Throws as checked_maximum does.
double log_sum_exp(std::span<const float> logits);
double log_probability(std::span<const float> logits, TokenId id);
// Of every token, into `out`, which has as many.
void log_probabilities(std::span<const float> logits, std::span<float> out);

// KL(P‖Q) of one token in nats, at least 0, or NaN when a log-probability of P is: `logits` are Q's and `normalizer` is
// their log_sum_exp.
double kl_divergence(std::span<const float> log_p, std::span<const float> logits, double normalizer);

// The k likeliest, best first, ties to the lowest id.
std::vector<TokenProbability> top_probabilities(std::span<const float> logits, std::size_t k);

}  // namespace minnow::engine
