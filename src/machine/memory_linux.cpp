#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "machine/cgroup.hpp"
#include "machine/memory.hpp"

namespace minnow::machine {
namespace {

std::uint64_t system_available_bytes() {
  std::ifstream in("/proc/meminfo");
  std::string key;
  std::uint64_t kilobytes = 0;
  std::string unit;
  while (in >> key >> kilobytes) {
    std::getline(in, unit);
    if (key == "MemAvailable:") return kilobytes * 1024;
  }
  return 0;
}

}  // namespace

std::uint64_t available_memory_bytes() {
  const std::uint64_t system = system_available_bytes();
  const auto cgroup = cgroup_available_bytes();
  return cgroup ? std::min(system, *cgroup) : system;
}

std::uint64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace minnow::machine
