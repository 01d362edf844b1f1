// Rewrites a GGUF file with its matrices in other number formats.
//
//   auto source = GgufFile::open("model-f16.gguf");
//   quantize(source, "model-q4_k_m.gguf", quantization_from_name("Q4_K_M"), pool);
//
// Weights are read, rounded and written a few megabytes at a time over all threads of the pool. The result depends on
// the weights, the formats and the importance only: any machine and number of threads writes the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/thread_pool.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/importance.hpp"
#include "formats/quantize_recipe.hpp"

namespace minnow::formats {

struct QuantizeOptions {
  const Importance* importance = nullptr;  // weighs the errors of the columns it knows
  std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)> progress{};
};

// `choices` has one entry per tensor of `source`, `file_type` is what general.file_type says.
// Throws Error(invalid_input) that names tensor and row for a weight that is infinite or not a number, or too large for
// its new format; Error(io) when the disk is full; then no file is left.
void quantize(const GgufFile& source, const std::filesystem::path& destination, std::span<const FormatChoice> choices,
              std::uint32_t file_type, ThreadPool& pool, const QuantizeOptions& options = {});

// By a recipe, without exceptions.
void quantize(const GgufFile& source, const std::filesystem::path& destination, const Quantization& quantization,
              ThreadPool& pool, const QuantizeOptions& options = {});

// Rows [first_row, first_row + n_rows) of `tensor` in another format. `weights` is empty or what
// Importance::weights_of() says. Throws as above.
std::vector<std::byte> recode_rows(const GgufFile& source, const TensorInfo& tensor, numeric::Format format,
                                   std::span<const float> weights, std::uint64_t first_row, std::uint64_t n_rows,
                                   ThreadPool& pool);

// What a person should hear about tensors that don't get what was wanted for them: one sentence per kind.
std::vector<std::string> describe_fallbacks(std::span<const TensorInfo> tensors, std::span<const FormatChoice> choices);

}  // namespace minnow::formats
