// Keys and values of one head in pages, as attention reads them, out of rows one after another.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "base/aligned_buffer.hpp"
#include "kernels/kernel_table.hpp"

namespace minnow::kernels {

struct PagedRows {
  std::vector<AlignedBuffer<std::byte>> memory;
  std::vector<const std::byte*> pages;
  std::size_t values;  // where they begin in a page

  PagedRows(const KernelTable& kernels, CacheType type, std::size_t key_size, std::size_t value_size,
            std::span<const float> key_rows, std::span<const float> value_rows)
      : values(cache_run_bytes(type, key_size)) {
    const std::size_t n = key_rows.size() / key_size;
    for (std::size_t first = 0; first < n; first += kPagePositions) {
      memory.emplace_back(values + cache_run_bytes(type, value_size));
      std::memset(memory.back().data(), 0x7f, memory.back().size());  // what isn't filled must not be read
      pages.push_back(memory.back().data());
      for (std::size_t row = 0; row < std::min(kPagePositions, n - first); ++row) {
        store(kernels, type, key_rows.data() + (first + row) * key_size, key_size, row, memory.back().data());
        store(kernels, type, value_rows.data() + (first + row) * value_size, value_size, row,
              memory.back().data() + values);
      }
    }
  }

 private:
  static void store(const KernelTable& kernels, CacheType type, const float* x, std::size_t n, std::size_t row,
                    std::byte* run) {
    if (type == CacheType::f32) std::memcpy(run + row * n * sizeof(float), x, n * sizeof(float));
    if (type == CacheType::f16) kernels.store_f16(x, n, reinterpret_cast<std::uint16_t*>(run) + row * n);
    if (type == CacheType::q8_0) {
      std::int16_t sums[32];
      auto* scales = reinterpret_cast<float*>(run + kPagePositions * n) + row * (n / kCacheBlock);
      kernels.quantize(x, n, kCacheBlock, {reinterpret_cast<std::int8_t*>(run) + row * n, scales, sums, sums + 16});
    }
  }
};

}  // namespace minnow::kernels
