#include "engine/loaded_model.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tiny_model.hpp"

namespace minnow::engine {
namespace {

// Whether two threads of the pool are at work at once.
bool runs_two_at_once(ThreadPool& pool) {
  std::atomic<int> arrived{0};
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  pool.run(2, [&](std::size_t) {
    ++arrived;
    while (arrived < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    if (std::chrono::steady_clock::now() >= end) arrived = -2;
  });
  return arrived == 2;
}

// A pack may say that one token is decoded sooner by fewer threads. What is measured or computed next is not.
TEST(LoadedModel, LendsAllItsThreadsAlsoAfterDecodingWithFewer) {
  if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "there is one processor";
  const Model model = Model::load(testing::tiny_model(), {.threads = 2});
  const LoadedModel& loaded = *loaded_model(model);
  loaded.with_threads([](ThreadPool& pool) { pool.limit(1); });
  loaded.with_threads([](ThreadPool& pool) { EXPECT_TRUE(runs_two_at_once(pool)); });
}

}  // namespace
}  // namespace minnow::engine
