// The keys and values of one sequence, for every layer of one model: a list of pages, the first of which other
// sequences may hold too. What a page shared with others holds is never written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/kernel_table.hpp"
#include "models/kv_pages.hpp"
#include "models/spec.hpp"

namespace minnow::models {

class KvCache {
 public:
  // With memory of its own, taken here: size_bytes(spec, capacity, type). Throws std::bad_alloc.
  KvCache(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type);
  // Takes pages as it grows. `pages` must outlive it, and hold sequences of `capacity` positions.
  KvCache(KvPages& pages, std::size_t capacity);
  KvCache(KvCache&& other) noexcept;
  KvCache& operator=(KvCache&& other) noexcept;
  ~KvCache();
  // The largest number there is when the true size doesn't fit.
  static std::uint64_t size_bytes(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type);

  std::size_t size() const { return size_; }          // positions filled
  std::size_t capacity() const { return capacity_; }  // positions there may be
  kernels::CacheType type() const { return pages_->type(); }
  // Forgets every position from `size` on. Precondition: size ≤ this->size().
  void truncate(std::size_t size) noexcept;
  // Becomes the first n positions of another sequence in the same pages. Precondition: n ≤ what they hold, and
  // n ≤ capacity().
  void share_prefix(std::span<const KvPages::Page> pages, std::size_t n);
  void share_prefix(const KvCache& other, std::size_t n) { share_prefix(other.table_, n); }

  // Makes the next n positions writable. Throws std::bad_alloc when no page is left, and then nothing has changed but
  // where positions lie. Precondition: size() + n ≤ capacity().
  void make_room(std::size_t n);
  void grow(std::size_t n) { size_ += n; }  // the forward pass has filled n more positions

  std::span<const KvPages::Page> pages() const { return table_; }
  const std::byte* const* page_starts() const { return starts_.data(); }
  std::byte* page_start(std::size_t position) { return starts_[position / kernels::kPagePositions]; }
  KvPages& memory() const { return *pages_; }

 private:
  void append(KvPages::Page page);

  std::unique_ptr<KvPages> own_;
  KvPages* pages_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::vector<KvPages::Page> table_;
  std::vector<std::byte*> starts_;  // of the pages in table_
};

}  // namespace minnow::models
