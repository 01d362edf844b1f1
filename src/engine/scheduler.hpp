// Answers many requests at once with one model: continuous batching.
//
//   Scheduler scheduler(model, {.context = 2048, .max_sequences = 16});
//   auto id = scheduler.submit({.prompt = model.tokenize("Once"), .on_token = …, .on_end = …});
//   if (!id) …   // too many wait already
//
// One thread of its own evaluates the batch, one forward pass after another. Sequences join and leave it between any
// two tokens. Each pass takes the next token of every answer in progress and, in what time is left, a piece of the
// prompts that are being read. An answer has the same bits whatever its neighbours: that is the forward pass's
// promise, and nothing here depends on them.
//
// All functions may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/cache_file.hpp"
#include "engine/fair_queue.hpp"
#include "engine/kv_slots.hpp"
#include "engine/prefill_budget.hpp"
#include "engine/request.hpp"
#include "engine/sampler.hpp"
#include "engine/scheduler_plan.hpp"
#include "engine/sequence.hpp"
#include "minnow/model.hpp"
#include "models/scratch.hpp"

namespace minnow::engine {

struct SchedulerStats {
  std::size_t running = 0;  // sequences in the batch
  std::size_t waiting = 0;
  std::size_t restored_tokens = 0;        // of the cache, that came from the disk
  std::size_t cached_tokens = 0;          // positions with keys and values that ended sequences have left
  std::uint64_t steps = 0;                // forward passes
  std::uint64_t evaluated_tokens = 0;     // in all of them
  std::uint64_t prompt_tokens = 0;        // of requests begun
  std::uint64_t prefix_cache_tokens = 0;  // of those, found in the cache
  double busy_ms = 0;                     // time in forward passes
};

class Scheduler {
 public:
  // Takes all its memory here and reads the pinned prompts. Throws Error(out_of_memory) saying what would fit,
  // Error(invalid_input) for options that make no sense.
  explicit Scheduler(const Model& model, const SchedulerOptions& options = {});
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  // Ends what runs and waits with EndReason::cancelled.
  ~Scheduler();

  // No value when too many requests wait already. Throws Error(invalid_input) for an empty prompt, an unknown token or
  // options out of range, Error(context_full) for a prompt that leaves no room for an answer; then nothing is called
  // back.
  std::optional<RequestId> submit(Request request);
  // All of them, or none.
  std::optional<std::vector<RequestId>> submit_all(std::vector<Request> requests);
  // Ends a request with EndReason::cancelled, soon; one that has ended is left alone.
  void cancel(RequestId id);

  const SchedulerPlan& plan() const { return plan_; }
  SchedulerStats stats() const;

 private:
  void run();
  bool take_work();  // false when it is time to stop
  void admit(Waiting& waiting);
  void step();
  void plan_step();
  void add_slice(Sequence& sequence, std::size_t n_tokens);
  bool worth_waiting(Sequence& sequence) const;
  void begin(Sequence& sequence);
  void evaluate();
  void retire();
  void read_pinned(const std::vector<TokenId>& tokens);
  CacheIdentity cache_identity() const;
  void restore_cache() noexcept;
  void keep_cache() noexcept;
  void check(const Request& request) const;

  std::shared_ptr<const LoadedModel> model_;
  SchedulerPlan plan_;
  std::string cache_file_;
  std::uint64_t cache_file_bytes_;
  CacheType cache_type_;
  KvSlots slots_;
  models::Scratch scratch_;
  AlignedBuffer<float> logits_;  // [max_sequences][vocabulary_size]
  SamplerLists lists_;
  PrefillBudget budget_;       // while answers are in progress
  PrefillBudget idle_budget_;  // while none is: only newcomers wait

  // The batch: the scheduler's thread only.
  std::vector<std::unique_ptr<Sequence>> running_;
  std::vector<models::Slice> slices_;
  std::vector<Sequence*> in_step_;  // whose slice it is
  std::size_t step_tokens_ = 0;
  std::size_t prefill_tokens_ = 0;
  PrefillBudget* step_budget_ = nullptr;  // that the prompts of this step were cut by

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  FairQueue queue_;
  std::vector<RequestId> cancelled_;
  SchedulerStats stats_;
  RequestId next_id_ = 1;
  bool stopping_ = false;

  std::thread thread_;  // the last member: everything else is there when it starts
};

}  // namespace minnow::engine
