#include "machine/device_presets.hpp"

#include <gtest/gtest.h>

#include <set>

namespace minnow::machine {
namespace {

TEST(DevicePresets, AreKnownByNameAndLeaveMemoryToTheSystem) {
  std::set<std::string_view> names;
  for (const DevicePreset& preset : device_presets()) {
    EXPECT_TRUE(names.insert(preset.name).second) << preset.name;
    EXPECT_EQ(device_preset(preset.name)->memory_bytes, preset.memory_bytes);
    EXPECT_GT(preset.model_budget_bytes(), preset.memory_bytes / 4) << preset.name;
    EXPECT_LE(preset.model_budget_bytes(), preset.memory_bytes * 8 / 10) << preset.name;
  }
  EXPECT_TRUE(names.contains("raspberry-pi-5-8gb"));
  EXPECT_FALSE(device_preset("raspberry-pi-5").has_value());
}

}  // namespace
}  // namespace minnow::machine
