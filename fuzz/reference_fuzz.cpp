// Any bytes as a file of reference predictions: passages and their rows, or minnow::Error.
#include <cstddef>
#include <cstdint>
#include <span>

#include "evaluation/reference_file.hpp"
#include "minnow/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace minnow::evaluation;
  try {
    FileReference reference = FileReference::from_memory(std::as_bytes(std::span(data, size)), "fuzzed");
    for (std::size_t i = 0; i < reference.passages().size() && i < 4; ++i) {
      if (reference.rows(i).empty()) __builtin_trap();
    }
  } catch (const minnow::Error&) {
  }
  return 0;
}
