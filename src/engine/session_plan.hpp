// How much memory a session will take, decided before any of it is taken.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/checked.hpp"
#include "engine/cache_type.hpp"
#include "minnow/session.hpp"
#include "models/spec.hpp"

namespace minnow::engine {

struct SessionPlan {
  std::size_t context = 0;
  std::size_t batch_tokens = 0;
  std::size_t logits_rows = 1;  // more when drafted tokens are verified together
  std::uint64_t kv_bytes = 0;
  std::uint64_t scratch_bytes = 0;  // activations, logits and the sampler's lists

  // The largest number there is when the sum doesn't fit.
  std::uint64_t total_bytes() const { return checked_add(kv_bytes, scratch_bytes).value_or(~std::uint64_t{0}); }
};

// `available_bytes` is what the device has left after the weights; 0 when it doesn't say, and then everything fits.
// Throws Error(out_of_memory) naming the largest context that fits, Error(invalid_input) for absurd options.
SessionPlan plan_session(const models::DecoderSpec& spec, const SessionOptions& options, std::uint64_t available_bytes);

}  // namespace minnow::engine
