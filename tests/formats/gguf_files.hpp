// Folders and files for the tests of reading and writing GGUF.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "formats/gguf_writer.hpp"
#include "temporary_folder.hpp"

namespace minnow::formats {

using testing::TemporaryFolder;

// Bytes that tell a tensor from another and one place in it from another.
inline std::vector<std::byte> pattern_of(const TensorInfo& tensor) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(tensor.size_bytes));
  std::size_t state = std::hash<std::string>()(tensor.name);
  for (std::byte& byte : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<std::byte>(state >> 56);
  }
  return bytes;
}

// A producer for GgufWriter::write; hands the bytes over in uneven pieces.
inline constexpr auto fill_with_pattern = [](const TensorInfo& tensor, const GgufWriter::Sink& sink) {
  const auto bytes = pattern_of(tensor);
  const std::size_t cut = bytes.size() / 3;
  sink(std::span(bytes).first(cut));
  sink(std::span(bytes).subspan(cut));
};

}  // namespace minnow::formats
