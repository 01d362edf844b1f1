// Loads any GGUF file as a model and runs two tokens of it. What is wrong must come out as one minnow::Error.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "minnow/error.hpp"
#include "models/decoder.hpp"
#include "models/scratch.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace minnow;
  using namespace minnow::models;
  static ThreadPool pool(1);
  try {
    const auto file = formats::GgufFile::from_memory(std::as_bytes(std::span(data, size)), "fuzzed");
    const Decoder decoder = Decoder::load(file, kernels::active_kernels(), pool);
    KvCache cache(decoder.spec(), 2, kernels::CacheType::f16);
    Scratch scratch(decoder.spec(), 2);
    std::vector<float> logits(decoder.spec().vocabulary_size);
    const TokenId tokens[] = {0, static_cast<TokenId>(decoder.spec().vocabulary_size - 1)};
    const Slice slice{&cache, tokens, Logits::last};
    decoder.forward({&slice, 1}, logits.data(), scratch, pool);
  } catch (const Error&) {
  }
  return 0;
}
