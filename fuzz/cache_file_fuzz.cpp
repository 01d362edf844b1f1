// Any bytes as a file of kept KV caches: pages that fit, or minnow::Error.
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/cache_file.hpp"
#include "minnow/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace minnow;
  static const models::DecoderSpec spec = [] {
    models::DecoderSpec small;
    small.vocabulary_size = 10;
    small.key_size = small.value_size = 4;
    small.layers.assign(2, {.n_heads = 1, .n_kv_heads = 1, .ffn_size = 4});
    return small;
  }();
  engine::KvSlots slots(spec, 1, 4, 200, kernels::CacheType::f16);
  try {
    const engine::CacheIdentity identity{.model_sha256 = "m", .arithmetic = "exact", .context = 200};
    engine::read_cache_bytes(std::as_bytes(std::span(data, size)), "fuzzed", identity, spec, slots);
  } catch (const Error&) {
  }
  for (const auto& entry : slots.tree().entries(4)) {
    if (entry.tokens.empty() || slots.pages().holders(entry.page) != 1) __builtin_trap();
  }
  return 0;
}
