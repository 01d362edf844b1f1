// Refuses a spec no real model has, before anything is allocated for it.
#pragma once

#include <string_view>

#include "models/spec.hpp"

namespace minnow::models {

// Limits far above any published model. Together with what a session may ask for (2^27 positions), they keep every
// product of sizes below 2^64.
inline constexpr std::size_t kMaxLayers = 4096;
inline constexpr std::size_t kMaxRow = std::size_t{1} << 20;  // values of one token: embedding, all heads, ffn
inline constexpr std::size_t kMaxVocabulary = std::size_t{1} << 24;

// Throws Error(invalid_input) or Error(unsupported); `file` is what they call the file.
void check_spec(const DecoderSpec& spec, std::string_view file);

}  // namespace minnow::models
