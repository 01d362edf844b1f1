#include "base/thread_pool.hpp"

namespace minnow {
namespace {

// About 20 to 50 microseconds: longer than the gap between two matrix products of one layer, shorter than a
// scheduler's time slice.
constexpr int kSpins = 2000;

void pause_briefly() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

}  // namespace

ThreadPool::ThreadPool(std::size_t n_threads) {
  for (std::size_t thread = 1; thread < n_threads; ++thread) {
    threads_.emplace_back([this, thread] { work(thread); });
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ThreadPool::run(std::size_t n_tasks, FunctionRef<void(std::size_t)> task) {
  run_indexed(n_tasks, [&](std::size_t index, std::size_t) { task(index); });
}

void ThreadPool::run_indexed(std::size_t n_tasks, FunctionRef<void(std::size_t, std::size_t)> task) {
  if (n_tasks == 0) return;
  if (threads_.empty() || n_tasks == 1) {
    for (std::size_t index = 0; index < n_tasks; ++index) task(index, 0);
    return;
  }
  task_ = &task;
  n_tasks_ = n_tasks;
  next_task_.store(0, std::memory_order_relaxed);
  n_running_.store(threads_.size(), std::memory_order_relaxed);
  job_.fetch_add(1, std::memory_order_release);
  {
    // A thread decides to sleep under this lock, after looking at job_ once more: none can miss the new job.
    const std::lock_guard lock(mutex_);
    if (n_sleeping_ > 0) wake_.notify_all();
  }
  take_tasks(0);
  wait_until_done();
}

void ThreadPool::wait_until_done() {
  for (int spins = 0; spins < kSpins; ++spins) {
    if (n_running_.load(std::memory_order_acquire) == 0) return;
    pause_briefly();
  }
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return n_running_.load(std::memory_order_acquire) == 0; });
}

void ThreadPool::work(std::size_t thread) {
  unsigned seen = 0;
  while (wait_for_job(seen)) {
    seen = job_.load(std::memory_order_acquire);
    take_tasks(thread);
    if (n_running_.fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
    const std::lock_guard lock(mutex_);  // the caller is either before its last look or asleep
    done_.notify_one();
  }
}

bool ThreadPool::wait_for_job(unsigned seen) {
  for (int spins = 0; spins < kSpins; ++spins) {
    if (job_.load(std::memory_order_acquire) != seen) return true;
    pause_briefly();
  }
  std::unique_lock lock(mutex_);
  ++n_sleeping_;
  wake_.wait(lock, [&] { return stopping_ || job_.load(std::memory_order_acquire) != seen; });
  --n_sleeping_;
  return job_.load(std::memory_order_acquire) != seen;
}

void ThreadPool::take_tasks(std::size_t thread) {
  const auto& task = *task_;
  const std::size_t n_tasks = n_tasks_;
  for (;;) {
    const std::size_t index = next_task_.fetch_add(1, std::memory_order_relaxed);
    if (index >= n_tasks) return;
    task(index, thread);
  }
}

}  // namespace minnow
