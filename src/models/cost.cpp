#include "models/cost.hpp"

#include <algorithm>

namespace minnow::models {

Cost cost(const Weights& weights) {
  Cost sum;
  for (const LayerWeights& layer : weights.layers) {
    for (const Linear* linear :
         {&layer.query, &layer.key, &layer.value, &layer.attention_output, &layer.gate, &layer.up, &layer.down}) {
      sum.layer_bytes += linear->matrix.size_bytes();
      sum.layer_products += linear->matrix.rows() * linear->matrix.cols();
    }
  }
  sum.output_bytes = weights.output.matrix.size_bytes();
  sum.output_products = weights.output.matrix.rows() * weights.output.matrix.cols();
  return sum;
}

std::uint64_t attention_bytes(const DecoderSpec& spec, std::size_t position, kernels::CacheType type) {
  const std::uint64_t row_bytes =
      (kernels::cache_run_bytes(type, spec.key_size) + kernels::cache_run_bytes(type, spec.value_size)) /
      kernels::kPagePositions;
  std::uint64_t sum = 0;
  for (const LayerSpec& layer : spec.layers) {
    const std::size_t seen = layer.sliding_window == 0 ? position + 1 : std::min(position + 1, layer.sliding_window);
    sum += seen * layer.n_kv_heads * row_bytes;
  }
  return sum;
}

}  // namespace minnow::models
