// Stands in for embedded_model.cpp in a build without MINNOW_EMBED_MODEL.
#include "engine/embedded_model.hpp"

namespace minnow::engine {

std::span<const std::byte> embedded_model() noexcept { return {}; }

}  // namespace minnow::engine
