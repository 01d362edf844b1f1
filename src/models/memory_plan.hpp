// How much memory a model takes with a context of a given length, known before any of it is taken.
//
//   MemoryPlan plan = plan_memory(spec, decoder.weights_bytes(), 4096, 512, CacheType::f16);
//   if (plan.total_bytes() > available) context = largest_context(…, available);
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/kernel_table.hpp"
#include "models/spec.hpp"

namespace minnow::models {

struct MemoryPlan {
  std::uint64_t weights_bytes = 0;
  std::uint64_t kv_bytes = 0;
  std::uint64_t scratch_bytes = 0;  // activations and one row of logits

  std::uint64_t total_bytes() const;  // the largest number there is when the sum doesn't fit
};

// A batch larger than the context is as large as the context.
MemoryPlan plan_memory(const DecoderSpec& spec, std::uint64_t weights_bytes, std::size_t context,
                       std::size_t batch_tokens, kernels::CacheType type);

// The longest context up to `limit` whose plan fits into available_bytes; 0 when not even one token does.
std::size_t largest_context(const DecoderSpec& spec, std::uint64_t weights_bytes, std::size_t batch_tokens,
                            kernels::CacheType type, std::uint64_t available_bytes,
                            std::size_t limit = std::size_t{1} << 27);

}  // namespace minnow::models
