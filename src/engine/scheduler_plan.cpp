#include "engine/scheduler_plan.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "engine/kv_slots.hpp"
#include "engine/sampler.hpp"
#include "engine/session_plan.hpp"
#include "models/scratch.hpp"

namespace minnow::engine {
namespace {

constexpr std::size_t kMostSequences = 4096;
constexpr std::size_t kSequencesUnlessAsked = 32;

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

void check(const SchedulerOptions& options, std::size_t context) {
  if (options.max_sequences > kMostSequences) {
    fail(ErrorCode::invalid_input, "{} sequences at once are more than the limit of {}", options.max_sequences,
         kMostSequences);
  }
  if (!(options.max_step_ms > 0)) fail(ErrorCode::invalid_input, "the longest step must be above 0 ms");
  for (const std::vector<TokenId>& pinned : options.pinned) {
    if (!pinned.empty() && pinned.size() < context) continue;
    fail(ErrorCode::invalid_input, "a pinned prompt has {} tokens and the context holds {}", pinned.size(), context);
  }
}

class Costs {
 public:
  Costs(const models::DecoderSpec& spec, const SchedulerOptions& options, const SessionPlan& one)
      : spec_(spec),
        options_(options),
        context_(one.context),
        logits_bytes_(spec.vocabulary_size * sizeof(float)),
        lists_bytes_(SamplerLists::size_bytes(spec.vocabulary_size)),
        batch_tokens_(options.batch_tokens),
        max_rank_(options.max_adapter_rank) {}

  std::size_t pages(std::size_t n) const { return KvSlots::pages_for(n, context_, options_.pinned); }
  std::uint64_t kv(std::size_t n) const {
    return models::KvPages::size_bytes(spec_, pages(n), context_, cache_type(options_.cache_type));
  }
  std::uint64_t scratch(std::size_t n) const {
    const std::size_t n_tokens = std::max(batch_tokens_, n);
    const std::uint64_t adapters = max_rank_ == 0 ? 0 : models::AdapterScratch::size_bytes(spec_, n_tokens, max_rank_);
    return lists_bytes_ + n * logits_bytes_ + models::Scratch::size_bytes(spec_, n_tokens) + adapters;
  }
  std::uint64_t total(std::size_t n) const { return kv(n) + scratch(n); }
  // How many sequences fit, at most `limit`.
  std::size_t fitting(std::uint64_t bytes, std::size_t limit) const {
    while (limit > 0 && total(limit) > bytes) --limit;
    return limit;
  }

 private:
  const models::DecoderSpec& spec_;
  const SchedulerOptions& options_;
  std::size_t context_;
  std::uint64_t logits_bytes_, lists_bytes_;
  std::size_t batch_tokens_, max_rank_;
};

}  // namespace

SchedulerPlan plan_scheduler(const models::DecoderSpec& spec, const SchedulerOptions& options,
                             std::uint64_t available_bytes) {
  // One sequence is planned as a session is, which also says what is wrong when not even one fits.
  const SessionPlan one = plan_session(
      spec, {.context = options.context, .batch_tokens = options.batch_tokens, .cache_type = options.cache_type},
      available_bytes);
  check(options, one.context);
  const Costs costs(spec, options, one);
  const bool known = available_bytes > 0;
  std::size_t n = options.max_sequences;
  if (n == 0) {
    n = known ? std::max<std::size_t>(1, costs.fitting(available_bytes / 2, kSequencesUnlessAsked))
              : kSequencesUnlessAsked;
  }
  if (known && costs.total(n) > available_bytes) {
    fail(
        ErrorCode::out_of_memory,
        "{} sequences of {} tokens need {:.0f} MB besides the weights and {:.0f} MB is free; {} sequences fit, or take "
        "a smaller context",
        n, one.context, megabytes(costs.total(n)), megabytes(available_bytes), costs.fitting(available_bytes, n));
  }
  return {.context = one.context,
          .max_sequences = n,
          .max_waiting = options.max_waiting,
          .max_adapter_rank = options.max_adapter_rank,
          .batch_tokens = std::max(options.batch_tokens, n),  // every answer gets on in every step
          .kv_pages = costs.pages(n),
          .kv_bytes = costs.kv(n),
          .scratch_bytes = costs.scratch(n)};
}

}  // namespace minnow::engine
