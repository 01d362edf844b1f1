#include "base/thread_pool.hpp"

#include <chrono>
#include <system_error>

#include "base/error.hpp"

namespace minnow {
namespace {

constexpr unsigned kOpen = 1u << 31;

// Longer than what lies between two matrix products of one layer, shorter than a scheduler's time slice.
constexpr std::chrono::microseconds kSpinTime{100};
constexpr int kLooksPerClockReading = 16;

void pause_briefly() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Whether `done` came true before it was time to sleep. A pause takes 10 to 140 cycles, depending on the processor,
// so that a clock has to say when it is time.
template <class Done>
bool spin_until(const Done& done) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point end{};
  for (;;) {
    for (int look = 0; look < kLooksPerClockReading; ++look) {
      if (done()) return true;
      pause_briefly();
    }
    const Clock::time_point now = Clock::now();
    if (end == Clock::time_point{}) end = now + kSpinTime;
    if (now >= end) return false;
  }
}

}  // namespace

ThreadPool::ThreadPool(std::size_t n_threads)
    : n_threads_(n_threads),
      n_processors_(std::max<std::size_t>(1, std::thread::hardware_concurrency())),
      limit_(n_threads) {
  threads_.reserve(n_threads - 1);
  try {
    for (std::size_t thread = 1; thread < n_threads; ++thread) {
      threads_.emplace_back([this, thread] { work(thread); });
    }
  } catch (const std::system_error& error) {
    const std::size_t n_started = threads_.size();
    stop();
    fail(ErrorCode::out_of_memory, "the system refused thread {} of {} ({}); ask for fewer", n_started + 2, n_threads,
         error.code().message());
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
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
  if (n_threads_ == 1 || n_tasks == 1 || limit_.load(std::memory_order_relaxed) == 1) {
    for (std::size_t index = 0; index < n_tasks; ++index) task(index, 0);
    return;
  }
  task_ = &task;  // nobody is inside, so nobody reads these
  n_tasks_ = n_tasks;
  next_task_.store(0, std::memory_order_relaxed);
  door_.store(kOpen, std::memory_order_release);
  job_.fetch_add(1);
  wake_sleepers();
  take_tasks(0);
  door_.fetch_and(~kOpen, std::memory_order_acq_rel);
  wait_until_left();
}

// A thread counts itself asleep before it looks at job_ for the last time, and here job_ was changed before the
// sleepers are counted: whichever comes first, nobody sleeps through a job unnoticed.
void ThreadPool::wake_sleepers() {
  const std::size_t n_sleeping = n_sleeping_.load();
  if (n_sleeping == 0) return;
  const std::size_t n_awake = n_threads_ - n_sleeping;
  const std::size_t most = most_awake();
  if (n_awake >= most) return;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = std::min({n_sleeping, most - n_awake, n_tasks_ - 1}); i > 0; --i) wake_.notify_one();
}

bool ThreadPool::enter() {
  unsigned door = door_.load(std::memory_order_relaxed);
  while ((door & kOpen) != 0) {
    if (door_.compare_exchange_weak(door, door + 1, std::memory_order_acquire, std::memory_order_relaxed)) return true;
  }
  return false;
}

void ThreadPool::leave() {
  if (door_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;  // the door is open, or others are inside
  const std::lock_guard lock(mutex_);  // the caller is either before its last look or asleep
  left_.notify_one();
}

void ThreadPool::wait_until_left() {
  const auto all_left = [&] { return door_.load(std::memory_order_acquire) == 0; };
  if (spin_until(all_left)) return;
  std::unique_lock lock(mutex_);
  left_.wait(lock, all_left);
}

void ThreadPool::work(std::size_t thread) {
  unsigned seen = 0;
  while (wait_for_job(seen)) {
    seen = job_.load();
    if (!enter()) continue;  // it ended without this thread
    take_tasks(thread);
    leave();
  }
}

bool ThreadPool::wait_for_job(unsigned seen) {
  const auto has_come = [&] { return job_.load() != seen; };
  const bool is_too_many = n_threads_ - n_sleeping_.load(std::memory_order_relaxed) > most_awake();
  if (!is_too_many && spin_until(has_come)) return true;
  std::unique_lock lock(mutex_);
  ++n_sleeping_;
  wake_.wait(lock, [&] { return stopping_ || has_come(); });
  --n_sleeping_;
  return !stopping_ || has_come();
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
