#include "base/thread_pool.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "minnow/error.hpp"

namespace minnow {
namespace {

TEST(ThreadPool, RunsEveryTaskExactlyOnce) {
  for (const std::size_t n_threads : {1u, 2u, 5u}) {
    ThreadPool pool(n_threads);
    for (std::size_t n_tasks : {0u, 1u, 2u, 3u, 1000u}) {
      std::vector<std::atomic<int>> counts(n_tasks);
      pool.run(n_tasks, [&](std::size_t index) { ++counts[index]; });
      for (const auto& count : counts) EXPECT_EQ(count, 1);
    }
  }
}

// Sanitizers reserve address space by the terabyte, and an emulator (under which the Arm build is tested) needs its
// own.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ThreadPool, SaysWhenTheSystemRefusesThreads) {
  const auto ask_for_many = [] {
    const rlimit little{512u << 20, 512u << 20};
    setrlimit(RLIMIT_AS, &little);
    try {
      ThreadPool pool(1024);
    } catch (const Error& error) {
      std::_Exit(error.code() == ErrorCode::out_of_memory ? 7 : 1);
    }
    std::_Exit(0);
  };
  EXPECT_EXIT(ask_for_many(), ::testing::ExitedWithCode(7), "");
}
#endif

TEST(ThreadPool, NumbersItsThreadsBelowItsSize) {
  ThreadPool pool(3);
  std::vector<int> done(3, 0);  // one writer per slot, or TSan complains
  pool.run_indexed(500, [&](std::size_t, std::size_t thread) { ++done.at(thread); });
  EXPECT_EQ(done[0] + done[1] + done[2], 500);
}

TEST(ThreadPool, WakesThreadsThatWentToSleep) {
  ThreadPool pool(4);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> count = 0;
    pool.run(64, [&](std::size_t) { ++count; });
    EXPECT_EQ(count, 64);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

TEST(ThreadPool, RunsEveryTaskUnderAnyLimitThatComesAndGoes) {
  ThreadPool pool(4);
  std::atomic<int> count = 0;
  for (int job = 0; job < 2000; ++job) {
    pool.limit(1 + static_cast<std::size_t>(job) % 5);
    pool.run(7, [&](std::size_t) { ++count; });
  }
  EXPECT_EQ(count, 14000);
}

TEST(ThreadPool, WorksAloneUnderALimitOfOneAndTogetherAfterIt) {
  ThreadPool pool(2);
  const auto others_took_part = [&] {
    std::atomic<bool> others = false;
    pool.run_indexed(20, [&](std::size_t, std::size_t thread) {
      if (thread != 0) others = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    return others.load();
  };
  pool.limit(1);
  for (int round = 0; round < 5; ++round) EXPECT_FALSE(others_took_part());
  if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "one processor: no second thread is kept awake";
  pool.limit(2);
  bool together = false;
  for (int round = 0; round < 100 && !together; ++round) together = others_took_part();
  EXPECT_TRUE(together);
}

TEST(ThreadPool, SurvivesManyShortJobs) {
  ThreadPool pool(4);
  std::atomic<int> count = 0;
  for (int job = 0; job < 5000; ++job) pool.run(4, [&](std::size_t) { ++count; });
  EXPECT_EQ(count, 20000);
}

}  // namespace
}  // namespace minnow
