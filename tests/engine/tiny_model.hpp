// A small llama with random weights, the same on every machine: it knows nothing, but everything around it must work.
// Its vocabulary is 256 bytes, the small letters and a few pieces, so its answers are full of broken characters.
#pragma once

#include <filesystem>
#include <string>

namespace minnow::testing {

struct TinyOptions {
  std::string chat_template{};
  bool add_bos = true;
  float output_norm = 1;       // a huge one makes every logit infinite
  std::string quantization{};  // "Q4_K_M"…; empty: F32
};

// The file, in the tests' temporary folder; written once per process for each set of options.
std::filesystem::path tiny_model(const TinyOptions& options = {});

}  // namespace minnow::testing
