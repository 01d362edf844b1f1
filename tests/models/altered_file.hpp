// A GGUF file that differs from another in what a test says: keys, tensors left out, renamed, reshaped or refilled.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "formats/gguf_reader.hpp"

namespace minnow::testing {

struct AlteredTensor {
  std::string name;
  std::vector<std::uint64_t> shape;
  numeric::Format format;
  std::vector<std::byte> bytes;
};

struct Alteration {
  std::function<void(formats::Metadata&)> metadata = {};
  std::function<void(std::vector<AlteredTensor>&)> tensors = {};
};

// The file of golden family `name`, altered; always written to the same path.
formats::GgufFile altered(const std::string& family, const Alteration& alteration);

// The sentence of the Error that loading the altered file throws; empty when it loads.
std::string refusal(const std::string& family, const Alteration& alteration);

}  // namespace minnow::testing
