#include "evaluation/perplexity.hpp"

#include <span>
#include <vector>

#include "engine/probability.hpp"
#include "evaluation/mean.hpp"
#include "kernels/math.hpp"

namespace minnow::evaluation {

Perplexity perplexity(const Model& model, std::string_view text, const PerplexityOptions& options) {
  const std::vector<Passage> passages = passages_of(model, text, options.passages);
  Session session(model, {.context = options.passages.context, .cache_type = options.cache_type});
  Mean surprise;  // negative log-likelihoods
  for (std::size_t i = 0; i < passages.size(); ++i) {
    each_scored(session, passages[i], [&](std::size_t, std::span<const float> logits, TokenId actual) {
      surprise.add(-engine::log_probability(logits, actual));
    });
    if (options.progress) options.progress(i + 1, passages.size());
  }
  const double perplexity = kernels::exp_f64(surprise.mean());
  return {.perplexity = perplexity,
          .error = perplexity * surprise.error(),
          .tokens = surprise.n(),
          .chunks = passages.size()};
}

}  // namespace minnow::evaluation
