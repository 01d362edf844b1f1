#include "engine/probability.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "kernels/math.hpp"

namespace minnow::engine {

float checked_maximum(std::span<const float> logits) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float maximum = -kInfinity;
  bool sound = true;
  for (const float logit : logits) {
    sound = sound && logit < kInfinity;  // false for NaN too
    maximum = logit > maximum ? logit : maximum;
  }
  if (!sound || maximum == -kInfinity) {
    fail(ErrorCode::invalid_input,
         "the model produced no finite logits: its weights are damaged, or too large for their format");
  }
  return maximum;
}

double log_sum_exp(std::span<const float> logits) {
  const double maximum = checked_maximum(logits);
  double sum = 0;
  for (const float logit : logits) sum += kernels::exp_f64(static_cast<double>(logit) - maximum);
  return maximum + kernels::log_f64(sum);
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
