#include "engine/draft_length.hpp"

#include <algorithm>

namespace minnow::engine {
namespace {

constexpr double kTimeMemory = 0.8;        // weight of what was measured before
constexpr double kAcceptanceMemory = 0.8;  // the same, per token
constexpr double kGuessedFurtherToken = 0.1;
constexpr std::size_t kProbe = 2;
constexpr std::size_t kLeastPatience = 4;
constexpr std::size_t kMostPatience = 64;

void blend(double& average, double value, double memory) {
  average = average == 0 ? value : memory * average + (1 - memory) * value;
}

}  // namespace

void VerifyCost::observe(std::size_t n_tokens, double ms) {
  if (n_tokens == 1) blend(one_token_, ms, kTimeMemory);
  if (n_tokens < 2 || one_token_ == 0) return;
  blend(further_token_, std::max(0.0, ms - one_token_) / static_cast<double>(n_tokens - 1), kTimeMemory);
  has_further_ = true;
}

double VerifyCost::further_token() const { return has_further_ ? further_token_ : kGuessedFurtherToken * one_token_; }

std::size_t DraftLength::choose(std::size_t limit, const VerifyCost& cost, double draft_ms) {
  if (limit == 0 || cost.one_token() == 0) return 0;
  std::size_t best = 0;
  double best_rate = 1 / cost.one_token();
  double tokens = 1;
  double likelihood = 1;
  for (std::size_t k = 1; k <= limit; ++k) {
    likelihood *= acceptance_;
    tokens += likelihood;
    const double rate = tokens / (cost.one_token() + static_cast<double>(k) * (cost.further_token() + draft_ms));
    if (rate > best_rate) {
      best = k;
      best_rate = rate;
    }
  }
  if (best == 0 && ++skipped_ > patience_) best = std::min(limit, kProbe);
  if (best > 0) skipped_ = 0;
  return best;
}

void DraftLength::accepted() {
  acceptance_ = kAcceptanceMemory * acceptance_ + (1 - kAcceptanceMemory);
  patience_ = kLeastPatience;
}

void DraftLength::refused() {
  acceptance_ *= kAcceptanceMemory;
  patience_ = std::min(2 * patience_, kMostPatience);
}

}  // namespace minnow::engine
