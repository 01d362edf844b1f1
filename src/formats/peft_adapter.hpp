// Adapters as PEFT saves them: adapter_config.json and adapter_model.safetensors.
#pragma once

#include <filesystem>

#include "formats/lora_adapter.hpp"

namespace minnow::formats {

// Throws as read_adapter says.
LoraAdapter read_peft_adapter(const std::filesystem::path& folder, const AdapterTarget& target);

}  // namespace minnow::formats
