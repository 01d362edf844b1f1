#include "models/kv_pages.hpp"

#include <limits>
#include <mutex>
#include <new>

#include "base/checked.hpp"
#include "base/mapped_file.hpp"

namespace minnow::models {
namespace {

constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();

void require_size(const DecoderSpec& spec, std::size_t n_pages, std::size_t longest_sequence, kernels::CacheType type) {
  const std::uint64_t bytes = KvPages::size_bytes(spec, n_pages, longest_sequence, type);
  const bool fits = bytes <= static_cast<std::uint64_t>(std::numeric_limits<std::ptrdiff_t>::max()) &&
                    n_pages <= std::numeric_limits<KvPages::Page>::max();
  if (!fits) throw std::bad_alloc();
}

struct AllPages {
  std::mutex mutex;  // guards
  std::vector<const KvPages*> list;
};
// Never destroyed: a program's static objects may hold pages to its end.
AllPages& all_pages() {
  static AllPages& all = *new AllPages;
  return all;
}

}  // namespace

std::size_t KvPages::pages_for(std::size_t positions) {
  return positions / kernels::kPagePositions + (positions % kernels::kPagePositions != 0);
}

std::uint64_t KvPages::page_bytes(const DecoderSpec& spec, kernels::CacheType type) {
  std::uint64_t bytes = 0;
  for (const LayerSpec& layer : spec.layers) {
    bytes += layer.n_kv_heads *
             (kernels::cache_run_bytes(type, spec.key_size) + kernels::cache_run_bytes(type, spec.value_size));
  }
  return bytes;
}

std::uint64_t KvPages::size_bytes(const DecoderSpec& spec, std::size_t n_pages, std::size_t longest_sequence,
                                  kernels::CacheType type) {
  const auto pages = checked_multiply(page_bytes(spec, type), n_pages);
  const auto scores = checked_multiply(std::uint64_t{kScoreRows * sizeof(float)}, longest_sequence);
  return pages && scores ? checked_add(*pages, *scores).value_or(kMost) : kMost;
}

KvPages::KvPages(const DecoderSpec& spec, std::size_t n_pages, std::size_t longest_sequence, kernels::CacheType type)
    : type_(type),
      longest_sequence_(longest_sequence),
      key_size_(spec.key_size),
      value_size_(spec.value_size),
      key_run_(kernels::cache_run_bytes(type, spec.key_size)),
      value_run_(kernels::cache_run_bytes(type, spec.value_size)) {
  require_size(spec, n_pages, longest_sequence, type);
  for (const LayerSpec& layer : spec.layers) {
    const std::size_t values = page_bytes_ + layer.n_kv_heads * key_run_;
    layers_.push_back({.keys = page_bytes_, .values = values, .n_heads = layer.n_kv_heads});
    page_bytes_ = values + layer.n_kv_heads * value_run_;
  }
  bytes_ = AlignedBuffer<std::byte>(n_pages * page_bytes_);
  scores_ = AlignedBuffer<float>(kScoreRows * longest_sequence);
  holders_.resize(n_pages);
  free_.reserve(n_pages);
  for (std::size_t page = n_pages; page-- > 0;) free_.push_back(static_cast<Page>(page));  // low ones first
  AllPages& all = all_pages();
  const std::scoped_lock lock(all.mutex);
  all.list.push_back(this);
}

KvPages::~KvPages() {
  AllPages& all = all_pages();
  const std::scoped_lock lock(all.mutex);
  std::erase(all.list, this);
}

std::uint64_t KvPages::untouched_bytes() {
  AllPages& all = all_pages();
  const std::scoped_lock lock(all.mutex);
  std::uint64_t bytes = 0;
  for (const KvPages* pages : all.list) {
    bytes += pages->bytes_.size() - MappedFile::resident_bytes(std::as_bytes(pages->bytes_.span()));
  }
  return bytes;
}

KvPages::Page KvPages::take() {
  while (free_.empty()) {
    if (!reclaim_ || !reclaim_()) throw std::bad_alloc();
  }
  const Page page = free_.back();
  free_.pop_back();
  holders_[page] = 1;
  return page;
}

void KvPages::drop(Page page) noexcept {
  if (--holders_[page] == 0) free_.push_back(page);  // has room for every page
}

void KvPages::each_part(Page page, std::size_t n, FunctionRef<void(std::byte*, std::size_t)> visit) {
  const auto each_row = [&](std::byte* run, std::size_t size, std::size_t run_bytes) {
    if (type_ != kernels::CacheType::q8_0) return visit(run, n * run_bytes / kernels::kPagePositions);
    visit(run, n * size);
    visit(run + kernels::kPagePositions * size, n * (size / kernels::kCacheBlock) * sizeof(float));
  };
  for (const Layer& layer : layers_) {
    std::byte* run = data(page) + layer.keys;
    for (std::size_t head = 0; head < layer.n_heads; ++head, run += key_run_) each_row(run, key_size_, key_run_);
    for (std::size_t head = 0; head < layer.n_heads; ++head, run += value_run_) each_row(run, value_size_, value_run_);
  }
}

}  // namespace minnow::models
