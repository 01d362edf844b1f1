#include "models/kv_cache.hpp"

#include <cstring>
#include <limits>
#include <new>

#include "base/checked.hpp"

namespace minnow::models {
namespace {

std::uint64_t bytes_of(kernels::CacheType type) { return type == kernels::CacheType::f32 ? 4 : 2; }

std::uint64_t position_bytes(const DecoderSpec& spec, kernels::CacheType type) {
  std::uint64_t n_values = 0;
  for (const LayerSpec& layer : spec.layers) n_values += layer.n_kv_heads * (spec.key_size + spec.value_size);
  return n_values * bytes_of(type);
}

}  // namespace

std::uint64_t KvCache::size_bytes(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type) {
  const std::uint64_t per_position = position_bytes(spec, type) + kScoreRows * sizeof(float);
  return checked_multiply(per_position, capacity).value_or(std::numeric_limits<std::uint64_t>::max());
}

KvCache::KvCache(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type)
    : capacity_(capacity), type_(type) {
  if (size_bytes(spec, capacity, type) > static_cast<std::uint64_t>(std::numeric_limits<std::ptrdiff_t>::max())) {
    throw std::bad_alloc();
  }
  key_head_bytes_ = capacity * spec.key_size * element_bytes();
  value_head_bytes_ = capacity * spec.value_size * element_bytes();
  std::size_t end = 0;
  for (const LayerSpec& layer : spec.layers) {
    const std::size_t values = end + layer.n_kv_heads * key_head_bytes_;
    layers_.push_back({.keys = end, .values = values});
    end = values + layer.n_kv_heads * value_head_bytes_;
  }
  bytes_ = AlignedBuffer<std::byte>(end);
  scores_ = AlignedBuffer<float>(kScoreRows * capacity);
}

void KvCache::copy_prefix(const KvCache& other, std::size_t n) {
  // Heads lie one after another, as far apart as the capacity of their cache makes them.
  const auto copy_heads = [&](std::size_t to, std::size_t from, std::size_t n_heads, std::size_t to_stride,
                              std::size_t from_stride) {
    const std::size_t run = n * (to_stride / capacity_);
    for (std::size_t head = 0; head < n_heads; ++head) {
      std::memcpy(bytes_.data() + to + head * to_stride, other.bytes_.data() + from + head * from_stride, run);
    }
  };
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    const Layer& to = layers_[layer];
    const Layer& from = other.layers_[layer];
    const std::size_t n_heads = (to.values - to.keys) / key_head_bytes_;
    copy_heads(to.keys, from.keys, n_heads, key_head_bytes_, other.key_head_bytes_);
    copy_heads(to.values, from.values, n_heads, value_head_bytes_, other.value_head_bytes_);
  }
  size_ = n;
}

std::byte* KvCache::keys(std::size_t layer, std::size_t kv_head) {
  return bytes_.data() + layers_[layer].keys + kv_head * key_head_bytes_;
}

std::byte* KvCache::values(std::size_t layer, std::size_t kv_head) {
  return bytes_.data() + layers_[layer].values + kv_head * value_head_bytes_;
}

}  // namespace minnow::models
