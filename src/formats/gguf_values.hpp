// Reads the texts and metadata values of a GGUF file from a ByteReader, counting what they take.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/byte_reader.hpp"
#include "formats/gguf_layout.hpp"

namespace minnow::formats::gguf {

// A length and its bytes, not copied.
std::string_view read_text(ByteReader& in, std::string_view what);

// The value of `key`, its type first. `elements_left` is how many more elements arrays may have, and shrinks.
MetadataValue read_value(ByteReader& in, std::string_view key, std::uint64_t& elements_left);

}  // namespace minnow::formats::gguf
