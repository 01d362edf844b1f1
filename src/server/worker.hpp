// A thread that does one thing after another, from a short queue.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace minnow::server {

class Worker {
 public:
  explicit Worker(std::size_t most_waiting) : most_waiting_(most_waiting), thread_([this] { run(); }) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  // What waits is dropped.
  ~Worker();

  // False when too much waits already. `job` must not throw.
  bool add(std::function<void()> job);

 private:
  void run();

  std::size_t most_waiting_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace minnow::server
