#include "models/kv_cache.hpp"

#include <cstring>
#include <utility>

namespace minnow::models {

std::uint64_t KvCache::size_bytes(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type) {
  return KvPages::size_bytes(spec, KvPages::pages_for(capacity), capacity, type);
}

KvCache::KvCache(const DecoderSpec& spec, std::size_t capacity, kernels::CacheType type)
    : own_(std::make_unique<KvPages>(spec, KvPages::pages_for(capacity), capacity, type)),
      pages_(own_.get()),
      capacity_(capacity) {
  table_.reserve(KvPages::pages_for(capacity));
  starts_.reserve(KvPages::pages_for(capacity));
}

KvCache::KvCache(KvPages& pages, std::size_t capacity) : pages_(&pages), capacity_(capacity) {
  table_.reserve(KvPages::pages_for(capacity));
  starts_.reserve(KvPages::pages_for(capacity));
}

KvCache::KvCache(KvCache&& other) noexcept = default;  // an emptied list of pages drops none

KvCache& KvCache::operator=(KvCache&& other) noexcept {
  KvCache moved(std::move(other));
  std::swap(own_, moved.own_);
  std::swap(pages_, moved.pages_);
  std::swap(size_, moved.size_);
  std::swap(capacity_, moved.capacity_);
  std::swap(table_, moved.table_);
  std::swap(starts_, moved.starts_);
  return *this;
}

KvCache::~KvCache() { truncate(0); }

void KvCache::truncate(std::size_t size) noexcept {
  const std::size_t n_pages = KvPages::pages_for(size);
  while (table_.size() > n_pages) {
    pages_->drop(table_.back());
    table_.pop_back();
    starts_.pop_back();
  }
  size_ = size;
}

void KvCache::append(KvPages::Page page) {
  table_.push_back(page);  // both have room for every page of the capacity
  starts_.push_back(pages_->data(page));
}

void KvCache::share_prefix(std::span<const KvPages::Page> pages, std::size_t n) {
  const std::span<const KvPages::Page> wanted = pages.first(KvPages::pages_for(n));
  for (const KvPages::Page page : wanted) pages_->share(page);  // first: some of them may be ours
  truncate(0);
  for (const KvPages::Page page : wanted) append(page);
  size_ = n;
}

void KvCache::make_room(std::size_t n) {
  const std::size_t filled = size_ % kernels::kPagePositions;
  if (n > 0 && filled > 0) {
    const std::size_t last = size_ / kernels::kPagePositions;
    if (pages_->holders(table_[last]) > 1) {
      const KvPages::Page copy = pages_->take();
      std::memcpy(pages_->data(copy), starts_[last], pages_->page_bytes());
      pages_->drop(table_[last]);
      table_[last] = copy;
      starts_[last] = pages_->data(copy);
    }
  }
  while (table_.size() < KvPages::pages_for(size_ + n)) append(pages_->take());
}

}  // namespace minnow::models
