#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>

#include "machine/memory.hpp"

namespace minnow::machine {
namespace {

std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream in(path);
  std::uint64_t value = 0;
  if (in >> value) return value;
  return std::nullopt;
}

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

// What the cgroup leaves. Its page cache is counted as used, though the kernel would drop it for us, so the
// inactive part is given back.
std::optional<std::uint64_t> cgroup_available_bytes() {
  const auto limit = number_in("/sys/fs/cgroup/memory.max");
  const auto used = number_in("/sys/fs/cgroup/memory.current");
  if (!limit || !used) return std::nullopt;
  std::uint64_t reclaimable = 0;
  std::ifstream stat("/sys/fs/cgroup/memory.stat");
  std::string key;
  std::uint64_t value = 0;
  while (stat >> key >> value) {
    if (key == "inactive_file") reclaimable = value;
  }
  const std::uint64_t held = *used - std::min(*used, reclaimable);
  return *limit - std::min(*limit, held);
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
