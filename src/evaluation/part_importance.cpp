#include "evaluation/part_importance.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/loaded_model.hpp"
#include "evaluation/observe_passages.hpp"
#include "numeric/format.hpp"

namespace minnow::evaluation {
namespace {

double dot(const float* x, const float* y, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
  return sum;
}

// 1 where one of them is zero: nothing has changed direction.
double cosine(const float* x, const float* y, std::size_t n) {
  const double lengths = std::sqrt(dot(x, x, n) * dot(y, y, n));
  return lengths > 0 ? dot(x, y, n) / lengths : 1;
}

class PartObserver : public models::InputObserver {
 public:
  explicit PartObserver(const models::DecoderSpec& spec) : spec_(spec), sums_(spec.layers.size()) {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      sums_[i].channels.resize(spec.layers[i].ffn_size);
      sums_[i].heads.assign(spec.layers[i].n_heads, std::vector<double>(spec.value_size * spec.value_size));
    }
  }

  void observe(models::MatrixInput input, std::size_t layer, const float* x, std::size_t n_tokens,
               std::size_t cols) override {
    for (std::size_t token = 0; token < n_tokens; ++token, x += cols) {
      if (input == models::MatrixInput::down) add_channels(sums_[layer], x);
      if (input == models::MatrixInput::attention_output) add_heads(sums_[layer], x);
    }
  }

  void observe_residual(std::size_t layer, const float* x, std::size_t n_tokens, std::size_t cols) override {
    for (std::size_t token = 0; layer > 0 && token < n_tokens; ++token) {
      sums_[layer - 1].change += 1 - cosine(&entered_[token * cols], x + token * cols, cols);
    }
    if (layer == 0) n_tokens_ += n_tokens;
    entered_.assign(x, x + n_tokens * cols);
  }

  struct Sums {
    double change = 0;
    std::vector<double> channels;            // of squares
    std::vector<std::vector<double>> heads;  // x xᵀ of each, its upper triangle: [value_size][value_size]
  };
  const Sums& layer(std::size_t index) const { return sums_[index]; }
  double n_tokens() const { return static_cast<double>(n_tokens_); }

 private:
  void add_channels(Sums& sums, const float* x) const {
    for (std::size_t i = 0; i < sums.channels.size(); ++i) {
      sums.channels[i] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
  }

  void add_heads(Sums& sums, const float* x) const {
    const std::size_t n = spec_.value_size;
    for (std::vector<double>& products : sums.heads) {
      for (std::size_t i = 0; i < n; ++i) {
        const auto value = static_cast<double>(x[i]);
        for (std::size_t k = i; k < n; ++k) products[i * n + k] += value * static_cast<double>(x[k]);
      }
      x += n;
    }
  }

  const models::DecoderSpec& spec_;
  std::vector<Sums> sums_;
  std::vector<float> entered_;
  std::size_t n_tokens_ = 0;
};

std::vector<double> channel_importance(const PartObserver::Sums& sums, const std::vector<float>& down,
                                       double n_tokens) {
  const std::size_t size = sums.channels.size();
  std::vector<double> squares(size);  // of the columns of the down matrix
  for (std::size_t i = 0; i < down.size(); ++i) {
    squares[i % size] += static_cast<double>(down[i]) * static_cast<double>(down[i]);
  }
  for (std::size_t i = 0; i < size; ++i) squares[i] *= sums.channels[i] / n_tokens;
  return squares;
}

// The sum over the rows w of the output matrix of wᵀ (x xᵀ) w, for the head's columns.
double head_importance(std::span<const double> products, const std::vector<float>& output, std::size_t first_column,
                       std::size_t n, std::size_t row_length) {
  double sum = 0;
  for (std::size_t begin = first_column; begin < output.size(); begin += row_length) {
    const float* w = &output[begin];
    for (std::size_t i = 0; i < n; ++i) {
      double row = 0.5 * products[i * n + i] * static_cast<double>(w[i]);
      for (std::size_t k = i + 1; k < n; ++k) row += products[i * n + k] * static_cast<double>(w[k]);
      sum += 2 * row * static_cast<double>(w[i]);
    }
  }
  return sum;
}

std::vector<double> group_importance(const PartObserver::Sums& sums, const std::vector<float>& output,
                                     const models::LayerSpec& layer, std::size_t value_size, double n_tokens,
                                     ThreadPool& pool) {
  std::vector<double> heads(layer.n_heads);
  pool.run(layer.n_heads, [&](std::size_t head) {
    heads[head] =
        head_importance(sums.heads[head], output, head * value_size, value_size, layer.n_heads * value_size) / n_tokens;
  });
  std::vector<double> groups(layer.n_kv_heads);
  const std::size_t group = layer.n_heads / layer.n_kv_heads;
  for (std::size_t head = 0; head < layer.n_heads; ++head) groups[head / group] += heads[head];
  return groups;
}

}  // namespace

PartImportance measure_parts(const Model& model, std::string_view text, const PartOptions& options) {
  const std::vector<Passage> passages = passages_of(model, text, options.passages);
  const engine::LoadedModel& loaded = *engine::loaded_model(model);
  const models::DecoderSpec& spec = loaded.spec();
  PartObserver observer(spec);
  observe_passages(model, passages, options.passages.context, models::Logits::none, observer, options.progress);
  PartImportance parts;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const std::string block = "blk." + std::to_string(i) + ".";
    const PartObserver::Sums& sums = observer.layer(i);
    parts.layers.push_back(sums.change / observer.n_tokens());
    parts.channels.push_back(channel_importance(
        sums, loaded.file().values(*loaded.file().find(block + "ffn_down.weight")), observer.n_tokens()));
    const std::vector<float> output = loaded.file().values(*loaded.file().find(block + "attn_output.weight"));
    loaded.with_threads([&](ThreadPool& pool) {
      parts.head_groups.push_back(
          group_importance(sums, output, spec.layers[i], spec.value_size, observer.n_tokens(), pool));
    });
  }
  return parts;
}

}  // namespace minnow::evaluation
