#include "engine/session_plan.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "engine/sampler.hpp"
#include "models/kv_cache.hpp"
#include "models/scratch.hpp"

namespace minnow::engine {
namespace {

constexpr std::size_t kDefaultContext = 4096;
constexpr std::size_t kLargestContext = std::size_t{1} << 27;  // keeps every product of sizes far below 2^64
constexpr std::size_t kLargestBatch = 1 << 16;

kernels::CacheType cache_type(CacheType type) {
  return type == CacheType::f32 ? kernels::CacheType::f32 : kernels::CacheType::f16;
}

SessionPlan plan_for(const models::DecoderSpec& spec, const SessionOptions& options, std::size_t context) {
  SessionPlan plan;
  plan.context = context;
  plan.batch_tokens = std::min(options.batch_tokens, context);
  plan.kv_bytes = models::KvCache::size_bytes(spec, context, cache_type(options.cache_type));
  plan.scratch_bytes = models::Scratch::size_bytes(spec, plan.batch_tokens) + spec.vocabulary_size * sizeof(float) +
                       Sampler::size_bytes(spec.vocabulary_size);
  return plan;
}

// 0 when not even one token fits.
std::size_t largest_context(const models::DecoderSpec& spec, const SessionOptions& options, std::size_t limit,
                            std::uint64_t available_bytes) {
  std::size_t fits = 0;
  std::size_t too_large = limit + 1;
  while (fits + 1 < too_large) {
    const std::size_t middle = fits + (too_large - fits) / 2;
    (plan_for(spec, options, middle).total_bytes() <= available_bytes ? fits : too_large) = middle;
  }
  return fits;
}

void check(const models::DecoderSpec& spec, const SessionOptions& options) {
  if (options.batch_tokens == 0 || options.batch_tokens > kLargestBatch) {
    fail(ErrorCode::invalid_input, "a batch must have 1 to {} tokens, not {}", kLargestBatch, options.batch_tokens);
  }
  if (options.context > kLargestContext) {
    fail(ErrorCode::invalid_input, "a context of {} tokens is beyond the limit of {}", options.context,
         kLargestContext);
  }
  if (spec.learned_positions && options.context > spec.context_length) {
    fail(ErrorCode::invalid_input, "this model has learned {} positions, so a context of {} tokens can't work",
         spec.context_length, options.context);
  }
}

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

}  // namespace

SessionPlan plan_session(const models::DecoderSpec& spec, const SessionOptions& options,
                         std::uint64_t available_bytes) {
  check(spec, options);
  const std::size_t trained = spec.context_length == 0 ? kDefaultContext : spec.context_length;
  const std::size_t wanted = options.context > 0 ? options.context : std::min(trained, kDefaultContext);
  const SessionPlan plan = plan_for(spec, options, wanted);
  if (available_bytes == 0 || plan.total_bytes() <= available_bytes) return plan;
  const std::size_t fits = largest_context(spec, options, wanted, available_bytes);
  if (fits == 0) {
    fail(ErrorCode::out_of_memory,
         "even the smallest context needs {:.0f} MB besides the weights and {:.0f} MB is free; use a smaller model",
         megabytes(plan_for(spec, options, 1).total_bytes()), megabytes(available_bytes));
  }
  if (options.context > 0) {
    fail(
        ErrorCode::out_of_memory,
        "a context of {} tokens needs {:.0f} MB besides the weights and {:.0f} MB is free; the largest that fits is {}",
        wanted, megabytes(plan.total_bytes()), megabytes(available_bytes), fits);
  }
  return plan_for(spec, options, fits);
}

}  // namespace minnow::engine
