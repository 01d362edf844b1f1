#include "machine/device_presets.hpp"

#include <algorithm>
#include <array>

namespace minnow::machine {
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

// A system without a desktop takes some 0.4 GiB, and its page cache and the application want some of the rest: the
// smaller the board, the smaller the share that is left. On a Jetson the graphics unit draws on the same memory.
constexpr std::array<DevicePreset, 12> kPresets{{
    {"raspberry-pi-zero-2w-512mb", kGiB / 2, 0.40},
    {"raspberry-pi-4-1gb", kGiB, 0.50},
    {"raspberry-pi-4-2gb", 2 * kGiB, 0.60},
    {"raspberry-pi-4-4gb", 4 * kGiB, 0.70},
    {"raspberry-pi-4-8gb", 8 * kGiB, 0.75},
    {"raspberry-pi-5-2gb", 2 * kGiB, 0.60},
    {"raspberry-pi-5-4gb", 4 * kGiB, 0.70},
    {"raspberry-pi-5-8gb", 8 * kGiB, 0.75},
    {"raspberry-pi-5-16gb", 16 * kGiB, 0.80},
    {"jetson-nano-4gb", 4 * kGiB, 0.60},
    {"jetson-orin-nano-8gb", 8 * kGiB, 0.70},
    {"jetson-orin-nx-16gb", 16 * kGiB, 0.75},
}};

}  // namespace

std::span<const DevicePreset> device_presets() { return kPresets; }

std::optional<DevicePreset> device_preset(std::string_view name) {
  const auto found = std::ranges::find(kPresets, name, &DevicePreset::name);
  if (found == kPresets.end()) return std::nullopt;
  return *found;
}

}  // namespace minnow::machine
