// Turns models of other formats into GGUF files that every engine of that ecosystem can run.
//
//   convert("SmolLM2-135M-Instruct", "smollm2.gguf", {.type = OutputType::f16});
//   convert("stories260K.bin", "stories260K.gguf", {.tokenizer = "tok512.bin"});
//
// What SOURCE is decides: a folder with config.json is a Hugging Face model in safetensors, its tokenizer beside it;
// a file is a llama2.c checkpoint. Weights are read as they are written, so memory stays small.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "formats/quantize_recipe.hpp"

namespace minnow::formats {

enum class OutputType : std::uint8_t {
  as_stored,  // each matrix keeps the type it has
  f32,
  f16,
  bf16,
  q8_0,  // matrices whose rows aren't multiples of 32 become F16
};

struct ConvertOptions {
  OutputType type = OutputType::as_stored;
  const Quantization* recipe = nullptr;  // instead of `type`: the bytes that quantize() would make of the F32 file
  std::size_t threads = 1;
  // For a llama2.c checkpoint; empty: tokenizer.bin beside it, or tok<vocabulary size>.bin.
  std::filesystem::path tokenizer = {};
  std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)> progress = {};
  // What a person should hear: tensors that don't get what the recipe wants, a folder without a tokenizer.
  std::function<void(const std::string& sentence)> note = {};
};

// Throws Error(not_found, io, invalid_input), and Error(unsupported) for an architecture we don't know. Weights that
// are no numbers, or too large for the type, are named by tensor and row. After an error there is no file.
void convert(const std::filesystem::path& source, const std::filesystem::path& destination,
             const ConvertOptions& options = {});

}  // namespace minnow::formats
