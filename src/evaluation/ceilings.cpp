#include "evaluation/ceilings.hpp"

#include <chrono>
#include <optional>

namespace minnow::evaluation {
namespace {

// Tasks small enough that a thread which started late takes fewer of them.
constexpr std::size_t kTasksPerThread = 8;
constexpr double kTaskSeconds = 2e-3;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void turn(const kernels::RegisterLoop& loop, std::size_t turns) noexcept {
  const std::int32_t sum = loop.run(turns);
  __asm__ volatile("" : : "r"(sum));
}

// How many turns take about a task's time.
std::size_t turns_of_a_task(const kernels::RegisterLoop& loop) {
  std::size_t turns = 1024;
  for (;; turns *= 2) {
    const auto start = Clock::now();
    turn(loop, turns);
    if (seconds_since(start) >= kTaskSeconds) return turns;
  }
}

machine::ReadBandwidth make_bandwidth(const engine::LoadedModel& model) {
  std::optional<machine::ReadBandwidth> made;
  model.with_threads([&](ThreadPool& pool) { made.emplace(machine::ReadBandwidth::suitable_bytes(), pool); });
  return std::move(*made);
}

}  // namespace

Ceilings::Ceilings(const engine::LoadedModel& model) : model_(model), bandwidth_(make_bandwidth(model)) {}

double Ceilings::read_bandwidth_bytes_per_s() const {
  double result = 0;
  model_.with_threads([&](ThreadPool& pool) { result = bandwidth_.measure(pool); });
  return result;
}

double Ceilings::matmul_ops_per_s() const { return ops_per_s(model_.decoder().kernels().integer_loop); }
double Ceilings::bf16_ops_per_s() const { return ops_per_s(model_.decoder().kernels().bf16_loop); }

double Ceilings::ops_per_s(const kernels::RegisterLoop& loop) const {
  if (loop.run == nullptr) return 0;
  const std::size_t turns = turns_of_a_task(loop);
  double seconds = 1;
  std::size_t n_tasks = 0;
  model_.with_threads([&](ThreadPool& pool) {
    n_tasks = pool.size() * kTasksPerThread;
    const auto start = Clock::now();
    pool.run(n_tasks, [&](std::size_t) { turn(loop, turns); });
    seconds = seconds_since(start);
  });
  return static_cast<double>(n_tasks * turns) * loop.ops_per_turn / seconds;
}

}  // namespace minnow::evaluation
