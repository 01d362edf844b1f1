#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "machine/cgroup.hpp"
#include "machine/cpu.hpp"

namespace minnow::machine {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

// Cores in the affinity mask, hyperthreads of one core counted once; 0 when the system doesn't say.
std::size_t allowed_physical_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 0;
  std::set<std::string> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    const std::string siblings = first_line(folder + "thread_siblings_list");
    cores.insert(siblings.empty() ? "cpu" + std::to_string(cpu) : siblings);
  }
  return cores.size();
}

// The CPU quota in whole cores, rounded up; a very large number when there is none.
std::size_t quota_cores() {
  constexpr double kNoQuota = 1 << 20;
  return static_cast<std::size_t>(std::ceil(std::min(kNoQuota, cgroup_cpu_quota().value_or(kNoQuota))));
}

}  // namespace

std::size_t usable_cores() {
  std::size_t cores = allowed_physical_cores();
  if (cores == 0) cores = std::thread::hardware_concurrency();
  return std::max<std::size_t>(1, std::min(cores, quota_cores()));
}

std::uint64_t preemptions() noexcept {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_nivcsw);
}

}  // namespace minnow::machine
