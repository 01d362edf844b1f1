#include "engine/session_plan.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "engine/sampler.hpp"
#include "engine/speculation.hpp"
#include "models/kv_pages.hpp"
#include "models/memory_plan.hpp"

namespace minnow::engine {
namespace {

constexpr std::size_t kDefaultContext = 4096;
constexpr std::size_t kLargestContext = std::size_t{1} << 27;
constexpr std::size_t kLargestBatch = 1 << 16;
constexpr std::size_t kLargestDraft = 64;

std::size_t logits_rows(const SessionOptions& options, std::size_t context) {
  if (!Speculation::wanted(options.speculation)) return 1;
  return std::min({options.speculation.max_draft + 1, options.batch_tokens, context});
}

// What doesn't grow with the context: the sampler's lists, and logits beyond the first row.
std::uint64_t fixed_bytes(const models::DecoderSpec& spec, std::size_t rows) {
  return SamplerLists::size_bytes(spec.vocabulary_size) +
         (rows - 1) * static_cast<std::uint64_t>(spec.vocabulary_size) * sizeof(float);
}

SessionPlan plan_for(const models::DecoderSpec& spec, const SessionOptions& options, std::size_t context) {
  const std::size_t rows = logits_rows(options, context);
  const models::MemoryPlan plan =
      models::plan_memory(spec, 0, context, options.batch_tokens, cache_type(options.cache_type));
  return {.context = context,
          .batch_tokens = std::min(options.batch_tokens, context),
          .logits_rows = rows,
          .kv_bytes = plan.kv_bytes,
          .scratch_bytes = plan.scratch_bytes + fixed_bytes(spec, rows)};
}

// The weights are in memory already.
std::size_t largest_context(const models::DecoderSpec& spec, const SessionOptions& options, std::size_t limit,
                            std::uint64_t available_bytes) {
  return models::largest_context(spec, fixed_bytes(spec, logits_rows(options, limit)), options.batch_tokens,
                                 cache_type(options.cache_type), available_bytes, limit);
}

void check_quantized_cache(const models::DecoderSpec& spec) {
  for (const std::size_t size : {spec.key_size, spec.value_size}) {
    if (size % kernels::kCacheBlock == 0 && size <= models::kMostQuantizedHead) continue;
    fail(ErrorCode::invalid_input,
         "a q8_0 cache takes heads of 32, 64, 96 … {} values and this model's have {}: use f16",
         models::kMostQuantizedHead, size);
  }
}

void check(const models::DecoderSpec& spec, const SessionOptions& options) {
  if (options.batch_tokens == 0 || options.batch_tokens > kLargestBatch) {
    fail(ErrorCode::invalid_input, "a batch must have 1 to {} tokens, not {}", kLargestBatch, options.batch_tokens);
  }
  if (options.context > kLargestContext) {
    fail(ErrorCode::invalid_input, "a context of {} tokens is beyond the limit of {}", options.context,
         kLargestContext);
  }
  const std::size_t max_draft = options.speculation.max_draft;
  if (max_draft == 0 || max_draft > kLargestDraft) {
    fail(ErrorCode::invalid_input, "a draft must have 1 to {} tokens, not {}", kLargestDraft, max_draft);
  }
  if (options.cache_type == CacheType::q8_0) check_quantized_cache(spec);
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
