#include "models/memory_plan.hpp"

#include <algorithm>
#include <limits>

#include "base/checked.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"

namespace minnow::models {

std::uint64_t MemoryPlan::total_bytes() const {
  const auto buffers = checked_add(kv_bytes, scratch_bytes);
  const auto total = buffers ? checked_add(*buffers, weights_bytes) : buffers;
  return total.value_or(std::numeric_limits<std::uint64_t>::max());
}

MemoryPlan plan_memory(const DecoderSpec& spec, std::uint64_t weights_bytes, std::size_t context,
                       std::size_t batch_tokens, kernels::CacheType type) {
  return {.weights_bytes = weights_bytes,
          .kv_bytes = KvCache::size_bytes(spec, context, type),
          .scratch_bytes =
              Scratch::size_bytes(spec, std::min(batch_tokens, context)) + spec.vocabulary_size * sizeof(float)};
}

std::size_t largest_context(const DecoderSpec& spec, std::uint64_t weights_bytes, std::size_t batch_tokens,
                            kernels::CacheType type, std::uint64_t available_bytes, std::size_t limit) {
  std::size_t fits = 0;
  std::size_t too_long = limit + 1;
  while (too_long - fits > 1) {
    const std::size_t middle = fits + (too_long - fits) / 2;
    const MemoryPlan plan = plan_memory(spec, weights_bytes, middle, batch_tokens, type);
    (plan.total_bytes() <= available_bytes ? fits : too_long) = middle;
  }
  return fits;
}

}  // namespace minnow::models
