// A fixed set of threads that split one job at a time.
//
//   ThreadPool pool(4);
//   pool.run(n_rows, [&](std::size_t row) { ... });     // returns when every row is done
//
// The caller works too: a pool of N has N-1 threads of its own. Which thread takes which task is left to
// chance, so a task's result may depend on its index only. Waiting spins briefly and then sleeps, so that
// more threads than cores slow a job down instead of stopping it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "base/function_ref.hpp"

namespace minnow {

class ThreadPool {
 public:
  // n_threads ≥ 1, counting the caller.
  explicit ThreadPool(std::size_t n_threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  std::size_t size() const { return threads_.size() + 1; }

  // Calls task(index) once for every index below n_tasks, from any thread of the pool. One run at a time,
  // from one thread. The task must not throw.
  void run(std::size_t n_tasks, FunctionRef<void(std::size_t)> task);
  // The same with the number of the thread that runs it, below size(), for per-thread scratch.
  void run_indexed(std::size_t n_tasks, FunctionRef<void(std::size_t task, std::size_t thread)> task);

 private:
  void work(std::size_t thread);
  void take_tasks(std::size_t thread);
  bool wait_for_job(unsigned seen);
  void wait_until_done();

  std::vector<std::thread> threads_;
  const FunctionRef<void(std::size_t, std::size_t)>* task_ = nullptr;
  std::size_t n_tasks_ = 0;
  alignas(64) std::atomic<std::size_t> next_task_{0};
  alignas(64) std::atomic<std::size_t> n_running_{0};
  alignas(64) std::atomic<unsigned> job_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::size_t n_sleeping_ = 0;
};

}  // namespace minnow
