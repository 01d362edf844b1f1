// Rewrites a GGUF file with its matrices in another number format.
//
//   quantize(GgufFile::open("model-f16.gguf"), "model-q4_k_m.gguf", quantization_from_name("Q4_K_M"), pool);
//
// The named mixes are the ecosystem's: "_M" spends more bits on the value and down projections of the layers where
// they matter most, and the output matrix always gets at least Q6_K.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/thread_pool.hpp"
#include "formats/gguf_reader.hpp"

namespace minnow::formats {

struct Quantization {
  std::string_view name;      // "Q4_K_M"
  numeric::Format base;       // most matrices
  numeric::Format sensitive;  // value and down projections of the chosen layers
  std::uint32_t file_type;    // GGUF's general.file_type
};

// Case-insensitive. Throws Error(invalid_input) that lists the names we know.
const Quantization& quantization_from_name(std::string_view name);

// The format `tensor` gets: matrices only; a row that doesn't fit the format's blocks falls back to one of 32 values
// or to F16; norms, biases and positions stay as they are.
numeric::Format chosen_format(const Quantization& quantization, const TensorInfo& tensor, std::uint64_t n_layers,
                              bool has_output_matrix);

using QuantizeProgress = std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

void quantize(const GgufFile& source, const std::filesystem::path& destination, const Quantization& quantization,
              ThreadPool& pool, const QuantizeProgress& progress = {});

}  // namespace minnow::formats
