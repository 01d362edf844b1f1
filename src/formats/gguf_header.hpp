// The part of one GGUF file before its data, read and checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/gguf_reader.hpp"

namespace minnow::formats::gguf {

struct Header {
  std::uint32_t version = 3;
  Metadata metadata;
  std::vector<TensorInfo> tensors;  // in the file's order, their offsets from the start of the file
};

// Reads nothing of the tensors' data. Throws Error(invalid_input, unsupported).
Header read_header(std::span<const std::byte> file, std::string_view name);

}  // namespace minnow::formats::gguf
