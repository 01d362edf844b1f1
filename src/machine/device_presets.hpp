// Boards by name, and how much of their memory a language model may take.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace minnow::machine {

struct DevicePreset {
  std::string_view name;       // "raspberry-pi-5-8gb"
  std::uint64_t memory_bytes;  // all there is
  double model_share;          // of it, beside the system and the application

  std::uint64_t model_budget_bytes() const {
    return static_cast<std::uint64_t>(static_cast<double>(memory_bytes) * model_share);
  }
};

std::span<const DevicePreset> device_presets();
std::optional<DevicePreset> device_preset(std::string_view name);

}  // namespace minnow::machine
