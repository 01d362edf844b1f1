// What it costs to round some of a model's matrices: the model is run on a text with and without, and the
// distributions of the next token are compared.
//
//   QuantizationTrial trial("model-f16.gguf", text, {.context = 256, .chunks = 2}, nullptr, pool);
//   double divergence = trial.divergence({{.tensor = 7, .format = Format::q4_k}});   // in nats per token
//
// Kullback and Leibler's divergence of the model's own distribution from the rounded one's, averaged over the scored
// tokens of the text. Exact arithmetic: the same figure on every machine.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/thread_pool.hpp"
#include "evaluation/passages.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/importance.hpp"
#include "models/decoder.hpp"
#include "models/input_observer.hpp"
#include "models/spec.hpp"

namespace minnow::evaluation {

struct RoundedTensor {
  std::size_t tensor;  // its place among file().tensors()
  numeric::Format format;
};

class QuantizationTrial {
 public:
  // Runs the model as it is and keeps the log-probabilities, 4 bytes for each token of the vocabulary and each scored
  // token of the text, and what enters each layer, 4 bytes a value and token. `importance` may be null, and weighs
  // rounding errors. All must outlive the trial. Throws what Model::load and passages_of() throw.
  QuantizationTrial(const std::filesystem::path& source, std::string_view text, const PassageOptions& options,
                    const formats::Importance* importance, ThreadPool& pool);

  const formats::GgufFile& file() const { return file_; }
  const models::DecoderSpec& spec() const { return spec_; }
  bool has_importance() const { return importance_ != nullptr; }
  std::size_t scored_tokens() const { return reference_.size() / vocabulary_size_; }

  // Nats per token. Rounds, loads and runs, beginning at the first layer that changes: seconds for a model of a billion
  // weights.
  double divergence(std::span<const RoundedTensor> rounded);

 private:
  // Logits [n][vocabulary_size] of `n` scored tokens, the first of which is the `first`-th of all.
  using Visitor = std::function<void(std::size_t first, std::span<const float> logits)>;

  void keep_reference(const models::Decoder& decoder);
  // Evaluates every passage from `first_layer` on; what enters that layer was kept.
  void run(const models::Decoder& decoder, std::size_t first_layer, const Visitor& visit,
           models::InputObserver* observer = nullptr);

  formats::GgufFile file_;
  models::DecoderSpec spec_;
  const formats::Importance* importance_;
  ThreadPool& pool_;
  std::vector<Passage> passages_;
  std::size_t vocabulary_size_ = 0;
  std::size_t context_ = 0;                   // of the longest passage
  std::vector<float> reference_;              // [scored_tokens][vocabulary_size]: log-probabilities
  std::vector<std::vector<float>> entering_;  // each layer, and the output matrix: [evaluated tokens][embedding_size]
};

}  // namespace minnow::evaluation
