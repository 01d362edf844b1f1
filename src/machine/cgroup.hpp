// What the control groups of this process leave it: its own group's limits and those of every group above, of which
// the tightest counts. A service has a group of its own; inside a container the root group is the container's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace minnow::machine {

// Where the system says such things; tests have their own.
struct CgroupPlaces {
  std::filesystem::path membership = "/proc/self/cgroup";
  std::filesystem::path mount = "/sys/fs/cgroup";
};

// Processors' worth of time; no value when nothing limits it.
std::optional<double> cgroup_cpu_quota(const CgroupPlaces& places = {});
// Of memory.max of version 2. All page cache counts as free, as in the system's own MemAvailable: who plans subtracts
// the weights it has mapped from either. No value: no limit.
std::optional<std::uint64_t> cgroup_available_bytes(const CgroupPlaces& places = {});

}  // namespace minnow::machine
