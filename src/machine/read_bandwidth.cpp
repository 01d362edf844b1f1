#include "machine/read_bandwidth.hpp"

#include <algorithm>
#include <chrono>

#include "machine/memory.hpp"

namespace minnow::machine {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kPieceWords = (std::size_t{512} << 10) / sizeof(std::uint64_t);
// Loads alone don't keep enough lines in flight. Of both levels of cache and 0 to 64 KiB this was the most on a server:
// 35.8 GB/s, where loads alone read 33.0 and 2 KiB ahead into the first level 34.7.
constexpr std::size_t kPrefetchBytes = 8192;
constexpr int kSecondLevel = 2;

// Sums the words of a piece in eight chains, a cache line a turn.
std::uint64_t sum_words(const std::uint64_t* words) noexcept {
  std::uint64_t sums[8] = {};
  for (std::size_t i = 0; i < kPieceWords; i += 8) {
    __builtin_prefetch(reinterpret_cast<const std::byte*>(words + i) + kPrefetchBytes, /*write=*/0, kSecondLevel);
    for (std::size_t j = 0; j < 8; ++j) sums[j] += words[i + j];
  }
  std::uint64_t total = 0;
  for (const std::uint64_t sum : sums) total += sum;
  return total;
}

}  // namespace

ReadBandwidth::ReadBandwidth(std::size_t bytes, ThreadPool& pool) {
  const std::size_t n_pages = std::max<std::size_t>(1, bytes / kHugePage);
  words_ = AlignedBuffer<std::uint64_t>(n_pages * kHugePage / sizeof(std::uint64_t), Pages::huge);
  pool.run(words_.size() / kPieceWords,
           [&](std::size_t piece) { std::fill_n(words_.data() + piece * kPieceWords, kPieceWords, piece); });
}

double ReadBandwidth::measure(ThreadPool& pool) const {
  const auto start = std::chrono::steady_clock::now();
  pool.run(words_.size() / kPieceWords, [&](std::size_t piece) {
    const std::uint64_t sum = sum_words(words_.data() + piece * kPieceWords);
    __asm__ volatile("" : : "r"(sum));  // the sum is wanted, or so the compiler believes
  });
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return static_cast<double>(size_bytes()) / seconds.count();
}

std::size_t ReadBandwidth::suitable_bytes() {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  constexpr std::size_t kLeast = std::size_t{16} << 20;
  const std::uint64_t available = available_memory_bytes();
  if (available == 0) return kLeast;
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::min<std::uint64_t>(available / 4, kMost)), kLeast,
                                 kMost);
}

}  // namespace minnow::machine
