// Any bytes as a file of kept KV caches: sequences that fit, or minnow::Error.
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
  engine::KvSlot one(spec, 8, kernels::CacheType::f16), other(spec, 8, kernels::CacheType::f16);
  engine::KvSlot* const slots[] = {&one, &other};
  try {
    const engine::CacheIdentity identity{.model_sha256 = "m", .arithmetic = "exact", .context = 8};
    const std::size_t n =
        engine::read_cache_bytes(std::as_bytes(std::span(data, size)), "fuzzed", identity, spec, slots);
    for (std::size_t i = 0; i < n; ++i) {
      if (slots[i]->cache.size() != slots[i]->tokens.size() || slots[i]->tokens.empty()) __builtin_trap();
    }
  } catch (const Error&) {
  }
  return 0;
}
