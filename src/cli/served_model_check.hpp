// What can be known of a model to be served before it is loaded.
#pragma once

#include <cstdint>

#include "formats/gguf_reader.hpp"
#include "server/model_pool.hpp"

namespace minnow::cli {

// Throws Error when the model's header, an adapter of `entry` or the memory for its requests says that it can't be
// served. `freed_bytes`: what models that are loaded now will have given back by then; the system's available memory
// counts some of it already, so this refuses only what can never fit.
void check_served_model(const formats::GgufFile& file, const server::ModelEntry& entry, std::uint64_t freed_bytes);

}  // namespace minnow::cli
