// Reads a tokenizer's description from the "tokenizer.ggml.*" keys of a GGUF file.
#pragma once

#include "formats/metadata.hpp"
#include "text/tokenizer.hpp"

namespace minnow::engine {

// Throws Error(invalid_input) when the file has no tokenizer, or keys of the wrong type.
text::TokenizerSpec tokenizer_spec(const formats::Metadata& metadata);

}  // namespace minnow::engine
