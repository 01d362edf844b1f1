#include "evaluation/divergence.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "engine/loaded_model.hpp"
#include "engine/probability.hpp"
#include "evaluation/mean.hpp"
#include "kernels/math.hpp"

namespace minnow::evaluation {
namespace {

std::size_t likeliest(std::span<const float> row) {
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

class Tally {
 public:
  void add(std::span<const float> reference, std::span<const float> logits, TokenId actual) {
    const double normalizer = engine::log_sum_exp(logits);
    const double kl = engine::kl_divergence(reference, logits, normalizer);
    if (std::isnan(kl)) fail(ErrorCode::invalid_input, "a prediction is no number, so there is nothing to compare");
    const auto id = static_cast<std::size_t>(actual);
    const double log_p = static_cast<double>(reference[id]);
    const double log_q = static_cast<double>(logits[id]) - normalizer;
    kls_.push_back(kl);
    kl_.add(kl);
    same_top_.add(likeliest(reference) == likeliest(logits) ? 1 : 0);
    reference_.add(-log_p);
    candidate_.add(-log_q);
    ratio_.add(log_p - log_q);
    const double change = kernels::exp_f64(log_q) - kernels::exp_f64(log_p);
    change_.add(change * change);
  }

  Divergence result(std::size_t chunks) {
    if (kls_.empty()) fail(ErrorCode::invalid_input, "the text holds no token to score; use a larger context");
    std::sort(kls_.begin(), kls_.end());
    const auto quantile = [&](double share) {
      return kls_[static_cast<std::size_t>(share * static_cast<double>(kls_.size() - 1) + 0.5)];
    };
    const double ratio = kernels::exp_f64(ratio_.mean());
    return {.tokens = kls_.size(),
            .chunks = chunks,
            .mean = kl_.mean(),
            .mean_error = kl_.error(),
            .median = quantile(0.5),
            .p90 = quantile(0.9),
            .p99 = quantile(0.99),
            .maximum = kls_.back(),
            .same_top = same_top_.mean(),
            .same_top_error = same_top_.error(),
            .rms_probability_change = std::sqrt(change_.mean()),
            .reference_perplexity = kernels::exp_f64(reference_.mean()),
            .perplexity = kernels::exp_f64(candidate_.mean()),
            .perplexity_ratio = ratio,
            .perplexity_ratio_error = ratio * ratio_.error()};
  }

 private:
  std::vector<double> kls_;
  Mean kl_, same_top_, reference_, candidate_, ratio_, change_;
};

}  // namespace

std::string vocabulary_sha256(const Model& model) {
  Sha256 hash;
  for (const std::string& token : engine::loaded_model(model)->tokenizer().spec().tokens) {
    const std::string line = std::to_string(token.size()) + ":" + token;
    hash.add(std::as_bytes(std::span(line)));
  }
  return hash.hex();
}

ModelReference::ModelReference(const Model& model, std::string_view text, const PassageOptions& options)
    : model_(model),
      passages_(passages_of(model, text, options)),
      session_(model, {.context = std::max<std::size_t>(2, longest(passages_))}) {}

LogProbabilityRows ModelReference::rows(std::size_t passage) {
  const std::size_t size = model_.vocabulary_size();
  LogProbabilityRows rows(n_scored(passages_[passage]) * size);
  each_scored(session_, passages_[passage], [&](std::size_t i, std::span<const float> logits, TokenId) {
    engine::log_probabilities(logits, std::span(rows).subspan(i * size, size));
  });
  return rows;
}

void ModelReference::require_same_tokens(const Model& candidate) const {
  if (vocabulary_sha256(model_) == vocabulary_sha256(candidate)) return;
  fail(ErrorCode::invalid_input, "{} and {} have different vocabularies and can't be compared", model_.name(),
       candidate.name());
}

Divergence divergence(Reference& reference, const Model& candidate,
                      const std::function<void(std::size_t done, std::size_t total)>& progress) {
  reference.require_same_tokens(candidate);
  const std::vector<Passage>& passages = reference.passages();
  Session session(candidate, {.context = std::max<std::size_t>(2, longest(passages))});
  const std::size_t size = candidate.vocabulary_size();
  Tally tally;
  for (std::size_t i = 0; i < passages.size(); ++i) {
    const LogProbabilityRows rows = reference.rows(i);
    each_scored(session, passages[i], [&](std::size_t row, std::span<const float> logits, TokenId actual) {
      tally.add(std::span(rows).subspan(row * size, size), logits.first(size), actual);
    });
    if (progress) progress(i + 1, passages.size());
  }
  return tally.result(passages.size());
}

}  // namespace minnow::evaluation
