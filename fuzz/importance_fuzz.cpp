// Any bytes read as an importance matrix: weights that are fit to be used, or minnow::Error.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "formats/importance.hpp"
#include "minnow/error.hpp"

using namespace minnow::formats;

namespace {

void use(const Importance& importance) {
  for (const auto& [name, sums] : importance.tensors()) {
    TensorInfo tensor;
    tensor.name = name;
    tensor.n_dimensions = 3;
    const std::size_t matrices = sums.counts.size();
    tensor.shape = {matrices == 0 ? 1 : sums.sum_of_squares.size() / matrices, 1, matrices, 1};
    for (const float weight : importance.weights_of(tensor)) {
      if (!(weight > 0) || !std::isfinite(weight)) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto bytes = std::as_bytes(std::span(data, size));
    const bool is_gguf = size >= 4 && data[0] == 'G' && data[1] == 'G' && data[2] == 'U' && data[3] == 'F';
    use(is_gguf ? Importance::from(GgufFile::from_memory(bytes, "fuzz")) : Importance::from_dat(bytes, "fuzz"));
  } catch (const minnow::Error&) {
  }
  return 0;
}
