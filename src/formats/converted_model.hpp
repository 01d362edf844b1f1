// A model on its way to GGUF: the metadata it will carry and, for each tensor, how to get its rows. Nothing is read
// until it is written and nothing is kept, so a model larger than memory passes through a buffer of a few rows, and no
// more of its file is mapped at a time than one tensor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "formats/convert.hpp"
#include "formats/metadata.hpp"
#include "numeric/format.hpp"

namespace minnow::formats {

struct ConvertedTensor {
  std::string name;                  // GGUF's
  std::vector<std::uint64_t> shape;  // a row's length comes first
  numeric::Format stored = numeric::Format::f32;
  bool keep_f32 = false;  // norms, biases and the like: small and precious
  // Both from any thread; neither may throw.
  std::function<void(std::uint64_t row, std::span<float> values)> read_row;
  // The row's bytes in the source, of format `stored`; null where rows are computed from several or changed.
  std::function<std::span<const std::byte>(std::uint64_t row)> stored_row{};
  // Tells the system that the source's pages were read for the last time; null where there are none.
  std::function<void()> release{};
};

struct ConvertedModel {
  Metadata metadata;
  std::vector<ConvertedTensor> tensors;
};

// Adds general.file_type and writes the file. Throws Error(invalid_input) that names tensor and row for a value that is
// no number or too large for its new format; then no file is left.
void write_model(ConvertedModel model, const std::filesystem::path& destination, const ConvertOptions& options);

}  // namespace minnow::formats
