#include "evaluation/quantization_trial.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "base/aligned_buffer.hpp"
#include "engine/loaded_model.hpp"
#include "engine/probability.hpp"
#include "evaluation/tensor_place.hpp"
#include "formats/quantize.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"
#include "models/spec_reader.hpp"

namespace minnow::evaluation {
namespace {

constexpr std::size_t kTokensAtOnce = 128;  // bounds the logits in memory

// Keeps the residual stream that enters each layer.
class ResidualKeeper final : public models::InputObserver {
 public:
  explicit ResidualKeeper(std::vector<std::vector<float>>& layers) : layers_(layers) {}

  void observe(models::MatrixInput /*input*/, std::size_t /*layer*/, const float* /*x*/, std::size_t /*n_tokens*/,
               std::size_t /*cols*/) override {}
  void observe_residual(std::size_t layer, const float* x, std::size_t n_tokens, std::size_t cols) override {
    layers_[layer].insert(layers_[layer].end(), x, x + n_tokens * cols);
  }

 private:
  std::vector<std::vector<float>>& layers_;
};

// The layer whose input is the first to notice that this tensor changed; 0 for what is read before all layers.
std::size_t first_noticed_by(std::string_view tensor, std::size_t n_layers) {
  return tensor == "output.weight" ? n_layers : place_of(tensor, n_layers).layer;
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
  context_ = longest(passages_);
  vocabulary_size_ = spec_.vocabulary_size;
  keep_reference(engine::loaded_model(model)->decoder());
}

void QuantizationTrial::keep_reference(const models::Decoder& decoder) {
  entering_.resize(spec_.layers.size() + 1);
  ResidualKeeper keeper(entering_);
  const Visitor keep = [&](std::size_t first, std::span<const float> logits) {
    reference_.resize(first * vocabulary_size_ + logits.size());
    pool_.run(logits.size() / vocabulary_size_, [&](std::size_t row) {
      engine::log_probabilities(logits.subspan(row * vocabulary_size_, vocabulary_size_),
                                std::span(reference_).subspan((first + row) * vocabulary_size_, vocabulary_size_));
    });
  };
  run(decoder, 0, keep, &keeper);
}

double QuantizationTrial::divergence(std::span<const RoundedTensor> rounded) {
  std::vector<std::vector<std::byte>> bytes;
  std::vector<formats::TensorInfo> originals;
  std::vector<numeric::Format> formats;
  std::size_t first_layer = spec_.layers.size();
  for (const auto& [index, format] : rounded) {
    const formats::TensorInfo tensor = file_.tensors()[index];
    if (tensor.format == format) continue;
    formats.push_back(format);
    const std::vector<float> weights = importance_ == nullptr ? std::vector<float>() : importance_->weights_of(tensor);
    bytes.push_back(formats::recode_rows(file_, tensor, format, weights, 0, tensor.n_rows(), pool_));
    originals.push_back(tensor);
    first_layer = std::min(first_layer, first_noticed_by(tensor.name, spec_.layers.size()));
  }
  for (std::size_t i = 0; i < originals.size(); ++i) {
    file_.substitute(originals[i].name, formats[i], bytes[i]);
  }
  std::vector<double> found(scored_tokens());
  {
    const auto decoder = models::Decoder::load(file_, kernels::active_kernels(), pool_);
    run(decoder, first_layer, [&](std::size_t first, std::span<const float> logits) {
      pool_.run(logits.size() / vocabulary_size_, [&](std::size_t row) {
        const auto candidate = logits.subspan(row * vocabulary_size_, vocabulary_size_);
        found[first + row] =
            engine::kl_divergence(std::span(reference_).subspan((first + row) * vocabulary_size_, vocabulary_size_),
                                  candidate, engine::log_sum_exp(candidate));
      });
    });
  }
  for (const formats::TensorInfo& original : originals) file_.restore(original);
  return std::accumulate(found.begin(), found.end(), 0.0) / static_cast<double>(found.size());
}

void QuantizationTrial::run(const models::Decoder& decoder, std::size_t first_layer, const Visitor& visit,
                            models::InputObserver* observer) {
  models::KvCache cache(spec_, context_, kernels::CacheType::f16);
  models::Scratch scratch(spec_, std::min(kTokensAtOnce, context_));
  scratch.observer = observer;
  AlignedBuffer<float> logits(scratch.max_tokens() * vocabulary_size_);
  std::size_t evaluated = 0, scored = 0;
  for (const Passage& passage : passages_) {
    cache.truncate(0);
    const auto tokens = std::span(passage.tokens).first(passage.tokens.size() - 1);
    const std::size_t silent = passage.first_scored - 1;  // tokens whose predictions don't count
    for (std::size_t begin = 0; begin < tokens.size();) {
      const bool counts = begin >= silent;
      const std::size_t n = std::min(scratch.max_tokens(), (counts ? tokens.size() : silent) - begin);
      const models::Slice slice{&cache, tokens.subspan(begin, n), counts ? models::Logits::all : models::Logits::none};
      if (first_layer == 0) {
        decoder.forward({&slice, 1}, logits.data(), scratch, pool_);
      } else {
        decoder.forward_from(first_layer, entering_[first_layer].data() + evaluated * spec_.embedding_size, {&slice, 1},
                             logits.data(), scratch, pool_);
      }
      if (counts) visit(scored, logits.span().first(n * vocabulary_size_));
      scored += counts ? n : 0;
      evaluated += n;
      begin += n;
    }
  }
}

}  // namespace minnow::evaluation
