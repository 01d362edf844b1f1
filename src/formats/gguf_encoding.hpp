// A GGUF header as bytes: the inverse of read_header.
#pragma once

#include <span>
#include <string>

#include "formats/gguf_reader.hpp"

namespace minnow::formats::gguf {

// Everything before the padding and the data. The tensors' offsets count from the start of the data.
// Throws Error(invalid_input) for a key that GGUF doesn't allow.
std::string encode_header(const Metadata& metadata, std::span<const TensorInfo> tensors);

}  // namespace minnow::formats::gguf
