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
  // Attention needs a row of scores as long as the sequence for each head at work; they live here because they grow
  // with the capacity. At most this many heads are at work at once.
  static constexpr std::size_t kScoreRows = 64;

  // Takes all its memory here: size_bytes(spec, capacity, type). Throws std::bad_alloc.
  KvCache(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type);
  // The largest number there is when the true size doesn't fit.
  static std::uint64_t size_bytes(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type);

  std::size_t size() const { return size_; }          // positions filled
  std::size_t capacity() const { return capacity_; }  // positions there is room for
  kernels::CacheType type() const { return type_; }
  // Forgets every position from `size` on. Precondition: size ≤ this->size().
  void truncate(std::size_t size) { size_ = size; }

  // Becomes the first n positions of another cache of the same model and type. Precondition: n ≤ other.size(),
  // n ≤ capacity().
  void copy_prefix(const KvCache& other, std::size_t n);

  // Start of one head's keys (or values), position 0.
  std::byte* keys(std::size_t layer, std::size_t kv_head);
  std::byte* values(std::size_t layer, std::size_t kv_head);
  std::size_t element_bytes() const { return type_ == kernels::CacheType::f32 ? 4 : 2; }
  void grow(std::size_t n) { size_ += n; }  // the forward pass has filled n more positions

  float* scores(std::size_t row) { return scores_.data() + row * capacity_; }

 private:
  struct Layer {
    std::size_t keys = 0;  // bytes from the start
    std::size_t values = 0;
  };

  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  kernels::CacheType type_ = kernels::CacheType::f16;
  std::size_t key_head_bytes_ = 0;
  std::size_t value_head_bytes_ = 0;
  std::vector<Layer> layers_;
  AlignedBuffer<std::byte> bytes_;
  AlignedBuffer<float> scores_;
};

}  // namespace minnow::models
