// How far a model's predictions are from a reference's, token by token over a text: what quantizing or pruning cost.
//
//   const Divergence cost = divergence(reference_model, candidate, text, {.context = 512});
//   std::cout << cost.mean << " nats";
//
// The reference is a model, or a file of its log-probabilities made once (reference_file.hpp). KL(P‖Q) is the sum of
// p · (log p − log q) over the vocabulary, P the reference, in nats; texts are cut as for perplexity.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/passages.hpp"
#include "minnow/minnow.hpp"

namespace minnow::evaluation {

struct Divergence {
  std::size_t tokens = 0;  // compared
  std::size_t chunks = 0;
  double mean = 0, mean_error = 0;  // KL in nats, and one standard error
  double median = 0, p90 = 0, p99 = 0, maximum = 0;
  double same_top = 0, same_top_error = 0;  // share of tokens whose likeliest token is the same
  double rms_probability_change = 0;        // of the text's own tokens
  double reference_perplexity = 0, perplexity = 0;
  double perplexity_ratio = 0, perplexity_ratio_error = 0;  // candidate / reference, the error from paired tokens
};

struct DivergenceOptions {
  PassageOptions passages{};
  std::function<void(std::size_t done, std::size_t total)> progress{};
};

// Rows of log-probabilities of one passage: one for each scored token, [vocabulary_size] each.
using LogProbabilityRows = std::vector<float>;

// Where the reference's predictions come from.
class Reference {
 public:
  virtual ~Reference() = default;
  virtual const std::vector<Passage>& passages() const = 0;
  virtual LogProbabilityRows rows(std::size_t passage) = 0;
  virtual std::string model_sha256() const = 0;
  // Throws Error(invalid_input) when the candidate has other tokens than the reference.
  virtual void require_same_tokens(const Model& candidate) const = 0;
};

// A model that predicts as it is asked. Throws as passages_of does.
class ModelReference : public Reference {
 public:
  ModelReference(const Model& model, std::string_view text, const PassageOptions& options);

  const std::vector<Passage>& passages() const override { return passages_; }
  LogProbabilityRows rows(std::size_t passage) override;
  std::string model_sha256() const override { return model_.sha256(); }
  void require_same_tokens(const Model& candidate) const override;

 private:
  Model model_;
  std::vector<Passage> passages_;
  Session session_;
};

Divergence divergence(Reference& reference, const Model& candidate,
                      const std::function<void(std::size_t done, std::size_t total)>& progress = {});
inline Divergence divergence(const Model& reference, const Model& candidate, std::string_view text,
                             const DivergenceOptions& options = {}) {
  ModelReference source(reference, text, options.passages);
  return divergence(source, candidate, options.progress);
}

// SHA-256 of a model's vocabulary: models with the same one can be compared.
std::string vocabulary_sha256(const Model& model);
}  // namespace minnow::evaluation
