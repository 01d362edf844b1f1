#include "engine/probability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "kernels/kernel_table.hpp"

namespace minnow::engine {
namespace {

[[noreturn]] void refuse() {
  fail(ErrorCode::invalid_input,
       "the model produced no finite logits: its weights are damaged, or too large for their format");
}

}  // namespace

float checked_maximum(std::span<const float> logits) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float maximum = -kInfinity;
  bool sound = true;
  for (const float logit : logits) {
    sound = sound && logit < kInfinity;  // false for NaN too
    maximum = logit > maximum ? logit : maximum;
  }
  if (!sound || maximum == -kInfinity) refuse();
  return maximum;
}

double log_sum_exp(std::span<const float> logits) {
  const double result = kernels::active_kernels().log_sum_exp(logits.data(), logits.size());
  if (std::isnan(result)) refuse();
  return result;
}

double log_probability(std::span<const float> logits, TokenId id) {
  return static_cast<double>(logits[static_cast<std::size_t>(id)]) - log_sum_exp(logits);
}

void log_probabilities(std::span<const float> logits, std::span<float> out) {
  const double normalizer = log_sum_exp(logits);
  std::transform(logits.begin(), logits.end(), out.begin(),
                 [=](float logit) { return static_cast<float>(static_cast<double>(logit) - normalizer); });
}

double kl_divergence(std::span<const float> log_p, std::span<const float> logits, double normalizer) {
  const double sum = kernels::active_kernels().divergence(log_p.data(), logits.data(), normalizer, log_p.size());
  return std::max(sum, 0.0);
}

std::vector<TokenProbability> top_probabilities(std::span<const float> logits, std::size_t k) {
  const double normalizer = log_sum_exp(logits);
  const auto likelier = [&](TokenId a, TokenId b) {
    const float left = logits[static_cast<std::size_t>(a)];
    const float right = logits[static_cast<std::size_t>(b)];
    return left > right || (left == right && a < b);
  };
  // A heap of the k best so far, the worst of them on top: one comparison for nearly every token.
  std::vector<TokenId> best;
  k = std::min(k, logits.size());
  best.reserve(k);
  for (TokenId id = 0; k > 0 && static_cast<std::size_t>(id) < logits.size(); ++id) {
    if (best.size() < k) {
      best.push_back(id);
      std::push_heap(best.begin(), best.end(), likelier);
    } else if (likelier(id, best.front())) {
      std::pop_heap(best.begin(), best.end(), likelier);
      best.back() = id;
      std::push_heap(best.begin(), best.end(), likelier);
    }
  }
  std::sort_heap(best.begin(), best.end(), likelier);
  std::vector<TokenProbability> top;
  top.reserve(best.size());
  for (const TokenId id : best) {
    top.push_back({id, static_cast<double>(logits[static_cast<std::size_t>(id)]) - normalizer});
  }
  return top;
}

}  // namespace minnow::engine
