// Memory for the keys and values of many sequences: pages of kPagePositions positions, each with every layer and head,
// which sequences that begin alike share.
//
//   KvPages pages(spec, 64, 4096, CacheType::f16);
//   KvCache one(pages, 4096), other(pages, 4096);
//   …
//   other.share_prefix(one, 1000);      // no key or value is copied until `other` goes on
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/aligned_buffer.hpp"
#include "base/function_ref.hpp"
#include "kernels/kernel_table.hpp"
#include "models/spec.hpp"

namespace minnow::models {

// With q8_0 the size of a head is a multiple of kernels::kCacheBlock and at most this.
inline constexpr std::size_t kMostQuantizedHead = 1024;

class KvPages {
 public:
  using Page = std::uint32_t;

  // Attention needs a row of scores as long as the longest sequence for each head at work; at most this many heads are
  // at work at once.
  static constexpr std::size_t kScoreRows = 64;

  // Takes all its memory here, size_bytes(…). Throws std::bad_alloc.
  KvPages(const DecoderSpec& spec, std::size_t n_pages, std::size_t longest_sequence, kernels::CacheType type);
  KvPages(const KvPages&) = delete;
  KvPages& operator=(const KvPages&) = delete;
  ~KvPages();
  // Of all in this process: what they have taken and the system doesn't count as used yet, because nothing was written
  // there so far.
  static std::uint64_t untouched_bytes();

  static std::size_t pages_for(std::size_t positions);
  // The largest numbers there are when the true sizes don't fit.
  static std::uint64_t page_bytes(const DecoderSpec& spec, kernels::CacheType type);
  static std::uint64_t size_bytes(const DecoderSpec& spec, std::size_t n_pages, std::size_t longest_sequence,
                                  kernels::CacheType type);

  // A page for its taker alone. When none is left, `reclaim` is asked to drop one until it says it can't; then throws
  // std::bad_alloc.
  Page take();
  void on_shortage(std::function<bool()> reclaim) { reclaim_ = std::move(reclaim); }
  void share(Page page) { ++holders_[page]; }
  void drop(Page page) noexcept;
  std::size_t holders(Page page) const { return holders_[page]; }
  std::size_t n_free() const { return free_.size(); }
  std::size_t n_pages() const { return holders_.size(); }

  kernels::CacheType type() const { return type_; }
  std::size_t page_bytes() const { return page_bytes_; }
  std::byte* data(Page page) { return bytes_.data() + page * page_bytes_; }
  // Where the runs of a head begin in every page.
  std::size_t keys(std::size_t layer, std::size_t kv_head) const { return layers_[layer].keys + kv_head * key_run_; }
  std::size_t values(std::size_t layer, std::size_t kv_head) const {
    return layers_[layer].values + kv_head * value_run_;
  }
  // Calls visit(part of the page, its bytes) for what the first n positions are, in one fixed order.
  void each_part(Page page, std::size_t n, FunctionRef<void(std::byte*, std::size_t)> visit);
  std::uint64_t position_bytes() const { return page_bytes_ / kernels::kPagePositions; }  // that each_part visits
  float* scores(std::size_t row) { return scores_.data() + row * longest_sequence_; }

 private:
  struct Layer {
    std::size_t keys = 0;
    std::size_t values = 0;
    std::size_t n_heads = 0;
  };

  kernels::CacheType type_;
  std::size_t longest_sequence_;
  std::size_t page_bytes_ = 0;
  std::size_t key_size_;
  std::size_t value_size_;
  std::size_t key_run_;  // bytes
  std::size_t value_run_;
  std::vector<Layer> layers_;
  std::vector<std::uint32_t> holders_;  // of each page
  std::vector<Page> free_;
  std::function<bool()> reclaim_;
  AlignedBuffer<std::byte> bytes_;
  AlignedBuffer<float> scores_;
};

}  // namespace minnow::models
