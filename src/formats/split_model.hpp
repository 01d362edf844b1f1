// The parts of a split model made one: which part a file is, and whether the parts belong together.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/gguf_header.hpp"

namespace minnow::formats::gguf {

// How many parts the model of this file has: 1 when it isn't split. Throws Error(invalid_input).
std::uint64_t split_count(const Metadata& metadata, std::string_view file);

struct Part {
  std::string name;
  Header header;
};

// All tensors of all parts in order with the metadata of the first; the keys that describe the split are gone.
// Throws Error(invalid_input) for parts that contradict each other.
Header join(std::vector<Part> parts);

}  // namespace minnow::formats::gguf
