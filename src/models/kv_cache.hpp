// The keys and values of one sequence, for every layer of one model.
//
// Layout: per layer, per kv head, positions one after another; so attention of one head reads one contiguous run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/aligned_buffer.hpp"
#include "kernels/kernel_table.hpp"
#include "models/spec.hpp"

namespace minnow::models {

class KvCache {
 public:
  // Takes all its memory here: size_bytes(spec, capacity, type). Throws std::bad_alloc.
  KvCache(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type);
  static std::uint64_t size_bytes(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type);

  std::size_t size() const { return size_; }          // positions filled
  std::size_t capacity() const { return capacity_; }  // positions there is room for
  kernels::CacheType type() const { return type_; }
  // Forgets every position from `size` on. Precondition: size ≤ this->size().
  void truncate(std::size_t size);

  // Start of one head's keys (or values), position 0.
  void* keys(std::size_t layer, std::size_t kv_head);
  void* values(std::size_t layer, std::size_t kv_head);
  void grow(std::size_t n) { size_ += n; }  // the forward pass has filled n more positions

 private:
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  kernels::CacheType type_ = kernels::CacheType::f16;
  std::vector<std::size_t> layer_offsets_;  // bytes
  std::vector<std::size_t> key_head_bytes_;
  std::vector<std::size_t> value_head_bytes_;
  std::vector<std::size_t> n_kv_heads_;
  AlignedBuffer<std::byte> bytes_;
};

}  // namespace minnow::models
