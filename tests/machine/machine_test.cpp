#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "machine/cpu.hpp"
#include "machine/memory.hpp"

namespace minnow::machine {
namespace {

// What the kernel says of the processor: another program's reading of the same CPUID or auxiliary vector.
bool kernel_lists(const std::string& flag) {
  std::ifstream in("/proc/cpuinfo");
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("flags") || line.starts_with("Features"))
      return (line + " ").find(" " + flag + " ") != std::string::npos;
  }
  return false;
}

TEST(Cpu, AgreesWithTheKernelOnInstructionSets) {
#if defined(__x86_64__)
  EXPECT_EQ(cpu_features().avx2, kernel_lists("avx2") && kernel_lists("fma") && kernel_lists("f16c"));
  EXPECT_EQ(cpu_features().avx512_vnni, kernel_lists("avx512_vnni") && kernel_lists("avx512bw") &&
                                            kernel_lists("avx512vl") && kernel_lists("avx512dq"));
  EXPECT_EQ(cpu_features().amx_int8, kernel_lists("amx_int8"));
  EXPECT_FALSE(cpu_features().neon_dotprod);
#else
  EXPECT_FALSE(cpu_features().avx2);
#endif
}

TEST(Cpu, CountsOnlyTheCoresInTheAffinityMask) {
  const std::size_t before = usable_cores();
  EXPECT_GE(before, 1u);
  EXPECT_LE(before, std::thread::hardware_concurrency());
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  int first = 0;
  while (!CPU_ISSET(first, &all)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(usable_cores(), 1u);
  ASSERT_EQ(sched_setaffinity(0, sizeof all, &all), 0);
  EXPECT_EQ(usable_cores(), before);
}

TEST(Preemptions, AreCountedWhenTwoThreadsWantOneProcessor) {
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  const std::uint64_t before = preemptions();
  std::atomic<bool> done = false;
  std::thread rival([&] {
    while (!done) {
    }
  });
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (preemptions() == before && std::chrono::steady_clock::now() < patience) {
  }
  done = true;
  rival.join();
  EXPECT_GT(preemptions(), before);
  ASSERT_EQ(sched_setaffinity(0, sizeof all, &all), 0);
}

TEST(Memory, PeakGrowsWithWhatIsTouched) {
  constexpr std::size_t kBytes = 64u << 20;
  EXPECT_GT(available_memory_bytes(), kBytes);
  std::vector<char> block(kBytes, 1);
  EXPECT_GE(peak_rss_bytes(), kBytes);
  EXPECT_EQ(block.back(), 1);
}

}  // namespace
}  // namespace minnow::machine
