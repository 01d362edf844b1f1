// Arbitrary bytes as a safetensors file: whatever it holds is read or refused.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/safetensors.hpp"
#include "minnow/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace minnow::formats;
  try {
    const auto model = SafetensorsModel::from_memory(std::as_bytes(std::span(data, size)), "input");
    for (const SafetensorsTensor& tensor : model.tensors()) {
      if (!tensor.format) continue;
      std::vector<float> values(tensor.n_values);
      read_values(tensor, 0, values);
    }
  } catch (const minnow::Error&) {
  }
  return 0;
}
