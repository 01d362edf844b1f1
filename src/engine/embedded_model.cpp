#include "engine/embedded_model.hpp"

// Defined in embedded_model.S.
extern "C" const std::byte minnow_home_model_begin[];
extern "C" const std::byte minnow_home_model_end[];

namespace minnow::engine {

std::span<const std::byte> embedded_model() noexcept { return {minnow_home_model_begin, minnow_home_model_end}; }

}  // namespace minnow::engine
