// How many sequences a Scheduler runs at once, how long each may be, and what memory that takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "minnow/session.hpp"
#include "models/spec.hpp"

namespace minnow::engine {

struct SchedulerOptions {
  std::size_t context = 0;         // tokens of one sequence, prompt and answer; 0: the model's, at most 4096
  std::size_t max_sequences = 0;   // at once; 0: as many as fit into half of the free memory, at most 32
  std::size_t max_waiting = 128;   // requests beyond those are refused
  std::size_t batch_tokens = 512;  // tokens evaluated at once, at most
  double max_step_ms = 100;  // prompts are read in pieces that keep answers in progress waiting no longer than this
  CacheType cache_type = CacheType::f16;
  std::size_t max_adapter_rank = 0;  // of the adapters that requests may bring
  // What the caches remember is read from this file at the start and written to it at the end (cache_file.hpp); empty:
  // it isn't kept. Without a file, or with one that can't be used, everything begins cold.
  std::string cache_file{};
  std::uint64_t cache_file_bytes = std::uint64_t{1} << 30;  // at most
  std::vector<std::vector<TokenId>> pinned{};               // beginnings of prompts that stay in the cache for good

  bool operator==(const SchedulerOptions&) const = default;
};

struct SchedulerPlan {
  std::size_t context = 0;
  std::size_t max_sequences = 0;
  std::size_t max_waiting = 0;
  std::size_t max_adapter_rank = 0;
  std::size_t batch_tokens = 0;
  std::size_t kv_pages = 0;
  std::uint64_t kv_bytes = 0;       // of all sequences and pinned prompts
  std::uint64_t scratch_bytes = 0;  // activations, logits, the sampler's lists
};

// `available_bytes` is what is left after the weights; 0 when the system doesn't say, and then everything fits.
// Throws Error(out_of_memory) saying what would fit, Error(invalid_input) for options that make no sense.
SchedulerPlan plan_scheduler(const models::DecoderSpec& spec, const SchedulerOptions& options,
                             std::uint64_t available_bytes);

}  // namespace minnow::engine
