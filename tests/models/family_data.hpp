// The golden models of tests/reference/families: each converted to GGUF once, with its prompts and their logits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "formats/convert.hpp"
#include "formats/gguf_reader.hpp"

namespace minnow::testing {

struct GoldenPrompt {
  std::vector<std::int32_t> tokens;
  std::vector<float> logits;  // [tokens][vocabulary]
};

struct GoldenFamily {
  std::string name;
  std::vector<GoldenPrompt> prompts;
};

std::vector<std::string> family_names();
GoldenFamily golden_family(const std::string& name);

// The family's model as GGUF, converted when first asked for.
std::filesystem::path family_gguf(const std::string& name, formats::OutputType type = formats::OutputType::f32);

}  // namespace minnow::testing
