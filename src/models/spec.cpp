#include "models/spec.hpp"

#include <algorithm>

namespace minnow::models {
namespace {

std::size_t largest(const std::vector<LayerSpec>& layers, std::size_t LayerSpec::*member) {
  std::size_t most = 0;
  for (const LayerSpec& layer : layers) most = std::max(most, layer.*member);
  return most;
}

}  // namespace

std::size_t DecoderSpec::max_heads() const { return largest(layers, &LayerSpec::n_heads); }
std::size_t DecoderSpec::max_kv_heads() const { return largest(layers, &LayerSpec::n_kv_heads); }
std::size_t DecoderSpec::max_ffn_size() const { return largest(layers, &LayerSpec::ffn_size); }

bool DecoderSpec::has_local_rope() const {
  return std::any_of(layers.begin(), layers.end(), [](const LayerSpec& layer) { return layer.local_rope; });
}

}  // namespace minnow::models
