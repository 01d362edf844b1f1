#include "evaluation/quantization_trial.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/aligned_buffer.hpp"
#include "engine/probability.hpp"
#include "formats/quantize.hpp"
#include "models/decoder.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"
#include "models/spec_reader.hpp"

namespace minnow::evaluation {
namespace {

constexpr std::size_t kTokensAtOnce = 128;  // bounds the logits in memory

// One row: the divergence of the reference's log-probabilities from the distribution of `logits`.
double divergence_of(std::span<const float> reference, std::span<const float> logits) {
  const double total = engine::log_sum_exp(logits);
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double expected = reference[i];
    sum += std::exp(expected) * (expected - (static_cast<double>(logits[i]) - total));
  }
  return std::max(sum, 0.0);
}

}  // namespace

QuantizationTrial::QuantizationTrial(const std::filesystem::path& source, std::string_view text,
                                     const PassageOptions& options, const formats::Importance* importance,
                                     ThreadPool& pool)
    : file_(formats::GgufFile::open(source)), spec_(models::read_spec(file_)), importance_(importance), pool_(pool) {
  ModelOptions load;
  load.threads = pool.size();
  load.pack_dir = "off";
  const Model model = Model::load(source, load);
  passages_ = passages_of(model, text, options);
  for (const Passage& passage : passages_) context_ = std::max(context_, passage.tokens.size());
  vocabulary_size_ = model.vocabulary_size();
  Session session(model, {.context = context_, .batch_tokens = kTokensAtOnce});
  for (const Passage& passage : passages_) {
    session.reset();
    session.evaluate(std::span(passage.tokens).first(passage.tokens.size() - 1),
                     [&](std::size_t index, std::span<const float> logits) {
                       if (index + 1 < passage.first_scored) return;
                       const double total = engine::log_sum_exp(logits);
                       for (const float logit : logits) {
                         reference_.push_back(static_cast<float>(static_cast<double>(logit) - total));
                       }
                     });
  }
}

double QuantizationTrial::divergence(std::span<const RoundedTensor> rounded) {
  std::vector<std::vector<std::byte>> bytes;
  std::vector<formats::TensorInfo> originals;
  std::vector<numeric::Format> formats;
  for (const auto& [index, format] : rounded) {
    const formats::TensorInfo tensor = file_.tensors()[index];
    if (tensor.format == format) continue;
    formats.push_back(format);
    const std::vector<float> weights = importance_ == nullptr ? std::vector<float>() : importance_->weights_of(tensor);
    bytes.push_back(formats::recode_rows(file_, tensor, format, weights, 0, tensor.n_rows(), pool_));
    originals.push_back(tensor);
  }
  for (std::size_t i = 0; i < originals.size(); ++i) {
    file_.substitute(originals[i].name, formats[i], bytes[i]);
  }
  const double found = run();
  for (const formats::TensorInfo& original : originals) file_.restore(original);
  return found;
}

double QuantizationTrial::run() {
  const auto decoder = models::Decoder::load(file_, kernels::active_kernels(), pool_);
  models::KvCache cache(decoder.spec(), context_, kernels::CacheType::f16);
  models::Scratch scratch(decoder.spec(), std::min(kTokensAtOnce, context_));
  AlignedBuffer<float> logits(scratch.max_tokens() * decoder.spec().vocabulary_size);
  std::vector<double> found(scored_tokens());
  std::size_t scored = 0;
  for (const Passage& passage : passages_) {
    cache.truncate(0);
    const auto tokens = std::span(passage.tokens).first(passage.tokens.size() - 1);
    for (std::size_t begin = 0; begin < tokens.size(); begin += scratch.max_tokens()) {
      const std::size_t n = std::min(scratch.max_tokens(), tokens.size() - begin);
      const models::Slice slice{&cache, tokens.subspan(begin, n), models::Logits::all};
      decoder.forward({&slice, 1}, logits.data(), scratch, pool_);
      const std::size_t first = std::min(std::max(passage.first_scored, begin + 1) - (begin + 1), n);
      pool_.run(n - first, [&](std::size_t row) {
        found[scored + row] =
            divergence_of(std::span(reference_).subspan((scored + row) * vocabulary_size_, vocabulary_size_),
                          logits.span().subspan((first + row) * decoder.spec().vocabulary_size, vocabulary_size_));
      });
      scored += n - first;
    }
  }
  return std::accumulate(found.begin(), found.end(), 0.0) / static_cast<double>(found.size());
}

}  // namespace minnow::evaluation
