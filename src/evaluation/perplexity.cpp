#include "evaluation/perplexity.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "engine/probability.hpp"
#include "evaluation/passages.hpp"
#include "kernels/math.hpp"

namespace minnow::evaluation {
namespace {

// Mean and spread of negative log-likelihoods, added in text order.
class Tally {
 public:
  void add(double negative_log_likelihood) {
    sum_ += negative_log_likelihood;
    sum_of_squares_ += negative_log_likelihood * negative_log_likelihood;
    ++count_;
  }

  Perplexity result(std::size_t chunks) const {
    const auto n = static_cast<double>(count_);
    const double mean = sum_ / n;
    const double variance = std::max(0.0, sum_of_squares_ / n - mean * mean);
    const double error_of_mean = count_ > 1 ? std::sqrt(variance / (n - 1)) : 0;
    const double perplexity = kernels::exp_f64(mean);
    return {.perplexity = perplexity, .error = perplexity * error_of_mean, .tokens = count_, .chunks = chunks};
  }

 private:
  double sum_ = 0;
  double sum_of_squares_ = 0;
  std::size_t count_ = 0;
};

void score(Session& session, const Passage& passage, Tally& tally) {
  session.reset();
  // The last token's logits would predict what comes after the passage.
  const auto evaluated = std::span(passage.tokens).first(passage.tokens.size() - 1);
  session.evaluate(evaluated, [&](std::size_t index, std::span<const float> logits) {
    if (index + 1 < passage.first_scored) return;
    const auto actual = static_cast<std::size_t>(passage.tokens[index + 1]);
    tally.add(engine::log_sum_exp(logits) - static_cast<double>(logits[actual]));
  });
}

}  // namespace

Perplexity perplexity(const Model& model, std::string_view text, const PerplexityOptions& options) {
  if (options.context < 2) fail(ErrorCode::invalid_input, "a context of {} can't score a token", options.context);
  Session session(model, {.context = options.context, .cache_type = options.cache_type});
  const std::vector<Passage> passages =
      passages_of(model, text, {.context = options.context, .chunks = options.chunks, .separator = options.separator});
  Tally tally;
  for (std::size_t i = 0; i < passages.size(); ++i) {
    score(session, passages[i], tally);
    if (options.progress) options.progress(i + 1, passages.size());
  }
  return tally.result(passages.size());
}

}  // namespace minnow::evaluation
