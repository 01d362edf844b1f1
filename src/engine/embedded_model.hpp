// The model linked into this build: models/home/minnow-home.gguf, byte for byte.
#pragma once

#include <cstddef>
#include <span>

namespace minnow::engine {

// Aligned to 64 bytes and there for the life of the program; empty when the build has none.
std::span<const std::byte> embedded_model() noexcept;

}  // namespace minnow::engine
