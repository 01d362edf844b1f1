// Any bytes opened as GGUF: either a file whose every promise holds, or minnow::Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "formats/gguf_reader.hpp"
#include "minnow/error.hpp"

using minnow::formats::GgufFile;

namespace {

void read_everything(const GgufFile& file) {
  for (const auto& tensor : file.tensors()) {
    const auto data = file.data(tensor);
    if (file.find(tensor.name) != &tensor) std::abort();
    if (data.size() != minnow::numeric::row_bytes(tensor.format, tensor.row_length()) * tensor.n_rows()) std::abort();
    (void)minnow::numeric::has_non_finite(tensor.format, data);
    // A block of it must decode, whatever its bits are.
    const auto& format = minnow::numeric::info(tensor.format);
    std::vector<float> values(format.block_values);
    minnow::numeric::decode(tensor.format, data.first(format.block_bytes), values);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    read_everything(GgufFile::from_memory(std::as_bytes(std::span(data, size)), "fuzz"));
  } catch (const minnow::Error&) {
  }
  return 0;
}
