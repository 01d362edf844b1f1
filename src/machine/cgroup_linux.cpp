#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "machine/cgroup.hpp"

namespace minnow::machine {
namespace {

namespace fs = std::filesystem;

// The mount, then every folder of `group` below it; a group that isn't visible from here has none.
void add_folders(const fs::path& mount, std::string_view group, std::vector<fs::path>& folders) {
  folders.push_back(mount);
  if (group.find("..") != std::string_view::npos) return;  // outside this namespace
  fs::path folder = mount;
  for (const fs::path& part : fs::path(group).relative_path()) {
    folder /= part;
    folders.push_back(folder);
  }
}

// The folders whose files may limit this process; `controller` is for version 1, which mounts each on its own.
std::vector<fs::path> folders_of(const CgroupPlaces& places, const std::string& controller) {
  std::vector<fs::path> folders{places.mount, places.mount / controller};
  std::ifstream in(places.membership);
  for (std::string line; std::getline(in, line);) {  // number:controllers:group
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string_view group = std::string_view(line).substr(second + 1);
    if (controllers.empty()) {
      add_folders(places.mount, group, folders);
      add_folders(places.mount / "unified", group, folders);
    } else if (("," + controllers + ",").find("," + controller + ",") != std::string::npos) {
      add_folders(places.mount / controller, group, folders);
      add_folders(places.mount / controllers, group, folders);
    }
  }
  return folders;
}

std::optional<std::uint64_t> number_in(const fs::path& path) {
  std::ifstream in(path);
  std::uint64_t value = 0;
  if (in >> value) return value;
  return std::nullopt;
}

std::optional<double> quota_of(const fs::path& folder) {
  double quota = 0;
  double period = 0;
  if (std::ifstream v2(folder / "cpu.max"); v2 >> quota >> period && quota > 0 && period > 0) return quota / period;
  std::ifstream v1_quota(folder / "cpu.cfs_quota_us");
  std::ifstream v1_period(folder / "cpu.cfs_period_us");
  if (v1_quota >> quota && v1_period >> period && quota > 0 && period > 0) return quota / period;
  return std::nullopt;
}

std::optional<std::uint64_t> available_in(const fs::path& folder) {
  const auto limit = number_in(folder / "memory.max");
  const auto used = number_in(folder / "memory.current");
  if (!limit || !used) return std::nullopt;
  std::uint64_t reclaimable = 0;
  std::ifstream stat(folder / "memory.stat");
  std::string key;
  std::uint64_t value = 0;
  while (stat >> key >> value) {
    if (key == "inactive_file" || key == "active_file") reclaimable += value;
  }
  const std::uint64_t held = *used - std::min(*used, reclaimable);
  return *limit - std::min(*limit, held);
}

template <class Value>
std::optional<Value> tightest(std::optional<Value> a, std::optional<Value> b) {
  if (a && b) return std::min(*a, *b);
  return a ? a : b;
}

}  // namespace

std::optional<double> cgroup_cpu_quota(const CgroupPlaces& places) {
  std::optional<double> quota;
  for (const fs::path& folder : folders_of(places, "cpu")) quota = tightest(quota, quota_of(folder));
  return quota;
}

std::optional<std::uint64_t> cgroup_available_bytes(const CgroupPlaces& places) {
  std::optional<std::uint64_t> available;
  for (const fs::path& folder : folders_of(places, "memory")) available = tightest(available, available_in(folder));
  return available;
}

}  // namespace minnow::machine
