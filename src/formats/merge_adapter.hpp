// Bakes a LoRA adapter into a model: the file that answers as the model with its adapter does, without one.
//
// Changed matrices are rounded to the format they had; all others, and the metadata, are copied. Rows are read, changed
// and written a few megabytes at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/thread_pool.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/lora_adapter.hpp"

namespace minnow::formats {

// Throws Error(invalid_input) for a change of a matrix that the model hasn't or that has another shape, naming it, and
// Error(io); then no file is left.
void merge_adapter(const GgufFile& source, const LoraAdapter& adapter, const std::filesystem::path& destination,
                   ThreadPool& pool,
                   const std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>& progress = {});

}  // namespace minnow::formats
