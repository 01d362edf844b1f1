// How close matrix products come to the machine's limits, for every format and instruction set.
//
//   matmul_benchmark --benchmark_filter='matvec/Q4_K/avx512'
//
// matvec streams 256 MiB of weights, more than any cache keeps, as decoding one token does: read it as bytes per
// second and compare with read_bandwidth, measured first with the same threads (`of_bandwidth` is the ratio).
// matmul multiplies 512 tokens by one 2048 × 2048 matrix, as prefill does: read it as operations per second.
// fast_matmul is the same in the fast arithmetic, where this machine has one.
// MINNOW_THREADS sets the number of threads; the default is the machine's cores.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "kernels/matrix.hpp"
#include "machine/cpu.hpp"

namespace {

using namespace minnow;
using namespace minnow::kernels;

constexpr std::size_t kStreamBytes = std::size_t{256} << 20;
constexpr std::size_t kCols = 2048;
constexpr std::size_t kPrefillRows = 2048;
constexpr std::size_t kPrefillTokens = 512;

ThreadPool& pool() {
  static ThreadPool threads([] {
    const char* wish = std::getenv("MINNOW_THREADS");
    return wish == nullptr ? machine::usable_cores() : static_cast<std::size_t>(std::max(1, std::atoi(wish)));
  }());
  return threads;
}

// Sums the words of a range: four independent chains keep as many loads in flight as the core can.
std::uint64_t sum_words(const std::uint64_t* words, std::size_t n) {
  std::uint64_t sums[8] = {};
  for (std::size_t i = 0; i + 8 <= n; i += 8) {
    for (std::size_t j = 0; j < 8; ++j) sums[j] += words[i + j];
  }
  std::uint64_t total = 0;
  for (const std::uint64_t sum : sums) total += sum;
  return total;
}

void read_everything(const AlignedBuffer<std::uint64_t>& words) {
  constexpr std::size_t kChunkWords = 1 << 16;
  pool().run(words.size() / kChunkWords, [&](std::size_t chunk) {
    benchmark::DoNotOptimize(sum_words(words.data() + chunk * kChunkWords, kChunkWords));
  });
}

AlignedBuffer<std::uint64_t> touched_words() {
  AlignedBuffer<std::uint64_t> words(kStreamBytes / sizeof(std::uint64_t));
  std::memset(words.data(), 1, words.size_bytes());
  return words;
}

// The best of several passes, in bytes per second; measured once per process.
double read_bandwidth() {
  static const double best = [] {
    const auto words = touched_words();
    double fastest = 0;
    for (int pass = 0; pass < 8; ++pass) {
      const auto start = std::chrono::steady_clock::now();
      read_everything(words);
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      fastest = std::max(fastest, static_cast<double>(kStreamBytes) / seconds.count());
    }
    return fastest;
  }();
  return best;
}

void bench_read_bandwidth(benchmark::State& state) {
  const auto words = touched_words();
  for (auto _ : state) read_everything(words);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kStreamBytes));
}

// Blocks of one bit pattern: every format takes it for small finite numbers.
std::vector<std::byte> some_weights(numeric::Format format, std::size_t rows) {
  return std::vector<std::byte>(rows * numeric::row_bytes(format, kCols), std::byte{0x2a});
}

std::vector<float> some_activations(std::size_t n) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(i * 7919 % 2001) * 1e-3f - 1.0f;
  return x;
}

void bench_product(benchmark::State& state, numeric::Format format, const KernelTable& kernels, std::size_t rows,
                   std::size_t tokens) {
  const Matrix weights(kernels, format, rows, kCols, some_weights(format, rows), pool());
  // Formats used in place keep a view: give those a copy that lives.
  const auto original = weights.owned_bytes() == 0 ? some_weights(format, rows) : std::vector<std::byte>();
  const Matrix in_place(kernels, format, weights.owned_bytes() == 0 ? rows : 0, kCols, original, pool());
  const Matrix& matrix = weights.owned_bytes() == 0 ? in_place : weights;
  const auto x = some_activations(tokens * kCols);
  std::vector<float> y(tokens * rows);
  Activations activations(tokens, kCols);
  for (auto _ : state) {
    activations.set(x.data(), tokens, kCols);
    matmul(kernels, activations, {{&matrix, y.data()}}, pool());
    benchmark::ClobberMemory();
  }
  using benchmark::Counter;
  const auto bytes = static_cast<double>(rows * numeric::row_bytes(format, kCols));
  state.counters["ops/s"] =
      Counter(2.0 * static_cast<double>(rows * kCols * tokens), Counter::kIsIterationInvariantRate);
  if (tokens == 1) {
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes * static_cast<double>(state.iterations())));
    state.counters["of_bandwidth"] = Counter(bytes / read_bandwidth(), Counter::kIsIterationInvariantRate);
  }
}

void register_all() {
  benchmark::RegisterBenchmark("read_bandwidth", bench_read_bandwidth)->UseRealTime()->MeasureProcessCPUTime();
  for (std::size_t f = 0; f < numeric::kFormatCount; ++f) {
    const auto format = static_cast<numeric::Format>(f);
    for (const Isa isa : kAllIsas) {
      if (!has_kernels(isa)) continue;
      const KernelTable& kernels = kernels_for(isa);
      const KernelTable& fast = kernels_for(isa, Arithmetic::fast);
      const std::string suffix = std::string(numeric::info(format).name) + "/" + kernels.name;
      const std::size_t rows = kStreamBytes / numeric::row_bytes(format, kCols);
      const auto add = [&](const std::string& name, const KernelTable& table, std::size_t n_rows, std::size_t tokens) {
        benchmark::RegisterBenchmark(
            (name + "/" + suffix).c_str(),
            [=, &table](benchmark::State& state) { bench_product(state, format, table, n_rows, tokens); })
            ->UseRealTime()
            ->Unit(benchmark::kMillisecond);
      };
      add("matvec", kernels, rows, 1);
      add("matmul", kernels, kPrefillRows, kPrefillTokens);
      if (fast.arithmetic == Arithmetic::fast) add("fast_matmul", fast, kPrefillRows, kPrefillTokens);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  register_all();
  benchmark::RunSpecifiedBenchmarks();
}
