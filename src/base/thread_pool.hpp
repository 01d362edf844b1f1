// A fixed set of threads that split one job at a time.
//
//   ThreadPool pool(4);
//   pool.run(n_rows, [&](std::size_t row) { ... });     // returns when every row is done
//
// The caller works too: a pool of N has N-1 threads of its own. Which thread takes which task is left to
// chance, so a task's result may depend on its index only, and slow cores simply take fewer tasks.
//
// A job waits only for threads that have entered it: one that the system doesn't let run is not missed. Waiting
// spins briefly and then sleeps, and no more threads are kept awake than there are processors, so that more threads
// than processors cost next to nothing.
#pragma once

#include <algorithm>
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
  // n_threads ≥ 1, counting the caller. Throws Error(out_of_memory) when the system refuses that many.
  explicit ThreadPool(std::size_t n_threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  std::size_t size() const { return n_threads_; }
  // From the next run on, keeps no more than n threads awake, the caller among them; n ≥ 1, and from size() on it is no
  // limit. Which ones is left to chance. Call it between runs.
  void limit(std::size_t n) { limit_.store(n, std::memory_order_relaxed); }

  // Calls task(index) once for every index below n_tasks, from any thread of the pool. One run at a time,
  // from one thread. The task must not throw.
  void run(std::size_t n_tasks, FunctionRef<void(std::size_t)> task);
  // The same with the number of the thread that runs it, below size(), for per-thread scratch.
  void run_indexed(std::size_t n_tasks, FunctionRef<void(std::size_t task, std::size_t thread)> task);

 private:
  std::size_t most_awake() const { return std::min(n_processors_, limit_.load(std::memory_order_relaxed)); }
  void stop();
  void work(std::size_t thread);
  void take_tasks(std::size_t thread);
  bool enter();
  void leave();
  void wake_sleepers();
  // False when the pool is being destroyed.
  bool wait_for_job(unsigned seen);
  void wait_until_left();

  const std::size_t n_threads_;  // the threads read this while the constructor still adds to threads_
  const std::size_t n_processors_;
  std::atomic<std::size_t> limit_;
  std::vector<std::thread> threads_;
  const FunctionRef<void(std::size_t, std::size_t)>* task_ = nullptr;
  std::size_t n_tasks_ = 0;
  alignas(64) std::atomic<std::size_t> next_task_{0};
  alignas(64) std::atomic<unsigned> door_{0};  // kOpen while the job may be entered, plus the threads inside
  alignas(64) std::atomic<unsigned> job_{0};   // counts jobs
  std::atomic<std::size_t> n_sleeping_{0};     // changes under the mutex
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable left_;
};

}  // namespace minnow
