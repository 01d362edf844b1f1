#include "engine/scheduler.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/error.hpp"
#include "engine/session_plan.hpp"

namespace minnow::engine {
namespace {

constexpr std::chrono::milliseconds kPauseAfterFailure{10};
constexpr std::size_t kTokensWorthWaiting = 16;
constexpr double kIdleFactor = 5;  // how much longer a step may take that keeps no answer waiting

void end_waiting(Waiting& waiting, EndReason reason) {
  if (!waiting.request.on_end) return;
  const double waited_ms = ms_between(waiting.submitted, Clock::now());
  waiting.request.on_end(
      {.reason = reason, .prompt_tokens = waiting.request.prompt.size(), .queue_ms = waited_ms, .total_ms = waited_ms});
}

}  // namespace

Scheduler::Scheduler(const Model& model, const SchedulerOptions& options)
    : model_(loaded_model(model)),
      plan_(plan_scheduler(model_->spec(), options, model_->available_memory_bytes())),
      cache_file_(options.cache_file),
      cache_file_bytes_(options.cache_file_bytes),
      cache_type_(options.cache_type),
      slots_(model_->spec(), plan_.max_sequences, plan_.kv_pages, plan_.context, cache_type(options.cache_type)),
      scratch_(model_->spec(), plan_.batch_tokens),
      logits_(plan_.max_sequences * model_->spec().vocabulary_size),
      lists_(model_->vocabulary_size()),
      budget_(options.max_step_ms, plan_.batch_tokens),
      idle_budget_(options.max_step_ms * kIdleFactor, plan_.batch_tokens) {
  scratch_.make_room_for_adapters(model_->spec(), plan_.max_adapter_rank);
  running_.reserve(plan_.max_sequences);
  if (!cache_file_.empty()) restore_cache();
  for (const std::vector<TokenId>& pinned : options.pinned) read_pinned(pinned);
  slices_.reserve(plan_.max_sequences);
  in_step_.reserve(plan_.max_sequences);
  thread_ = std::thread([this] { run(); });
}

Scheduler::~Scheduler() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  if (!cache_file_.empty()) keep_cache();
}

CacheIdentity Scheduler::cache_identity() const {
  const bool fast = model_->decoder().kernels().arithmetic == kernels::Arithmetic::fast;
  return {model_->sha256(), fast ? "fast" : "exact", cache_type(cache_type_), plan_.context};
}

// A cache that isn't there, or can't be used, costs time and nothing else.
void Scheduler::restore_cache() noexcept {
  try {
    read_cache_file(cache_file_, cache_identity(), model_->spec(), slots_);
  } catch (const std::exception&) {
  }
  stats_.restored_tokens = slots_.cached_tokens();
}

void Scheduler::keep_cache() noexcept {
  try {
    write_cache_file(cache_file_, cache_identity(), slots_, cache_file_bytes_);
  } catch (const std::exception&) {
  }
}

void Scheduler::check(const Request& request) const {
  if (request.prompt.empty()) fail(ErrorCode::invalid_input, "the prompt is empty");
  if (request.prompt.size() >= plan_.context) {
    fail(ErrorCode::context_full, "the prompt has {} tokens and the context holds {}, the answer included",
         request.prompt.size(), plan_.context);
  }
  if (request.adapter && request.adapter->max_rank() > plan_.max_adapter_rank) {
    fail(ErrorCode::invalid_input, "the adapter is of rank {}, and {} was planned for", request.adapter->max_rank(),
         plan_.max_adapter_rank);
  }
  for (const TokenId id : request.prompt) {
    if (id >= 0 && static_cast<std::size_t>(id) < model_->vocabulary_size()) continue;
    fail(ErrorCode::invalid_input, "there is no token {}: the vocabulary has {}", id, model_->vocabulary_size());
  }
  check_sampling(request.sampling, model_->vocabulary_size());
  const StopMatcher checks_its_stops(request.stop);
}

std::optional<RequestId> Scheduler::submit(Request request) {
  std::vector<Request> one;
  one.push_back(std::move(request));
  const auto ids = submit_all(std::move(one));
  return ids ? std::optional(ids->front()) : std::nullopt;
}

std::optional<std::vector<RequestId>> Scheduler::submit_all(std::vector<Request> requests) {
  for (const Request& request : requests) check(request);
  std::vector<RequestId> ids;
  ids.reserve(requests.size());
  {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() + requests.size() > plan_.max_waiting || stopping_) return std::nullopt;
    try {
      for (Request& request : requests) {
        ids.push_back(next_id_++);
        queue_.push(std::move(request), ids.back(), Clock::now());
      }
    } catch (...) {
      for (const RequestId id : ids) queue_.remove(id);
      throw;
    }
  }
  wake_.notify_one();
  return ids;
}

void Scheduler::cancel(RequestId id) {
  {
    const std::scoped_lock lock(mutex_);
    cancelled_.push_back(id);
  }
  wake_.notify_one();
}

SchedulerStats Scheduler::stats() const {
  const std::scoped_lock lock(mutex_);
  SchedulerStats stats = stats_;
  stats.waiting = queue_.size();
  return stats;
}

// When memory runs out between two steps nothing is lost: what could not be done is tried again.
void Scheduler::run() {
  for (;;) {
    try {
      if (!take_work()) break;
      step();
    } catch (const std::exception&) {
      std::this_thread::sleep_for(kPauseAfterFailure);
    }
  }
  for (const auto& sequence : running_) sequence->end(EndReason::cancelled);
  retire();                  // what they have read is kept
  while (!queue_.empty()) {  // nobody adds to it any more
    Waiting waiting = queue_.pop();
    end_waiting(waiting, EndReason::cancelled);
  }
}

bool Scheduler::take_work() {
  std::vector<RequestId> cancelled;
  std::vector<Waiting> dropped, expired, admitted;
  const auto now = Clock::now();
  {
    std::unique_lock lock(mutex_);
    stats_.running = running_.size();
    stats_.cached_tokens = slots_.cached_tokens();
    wake_.wait(lock, [&] { return stopping_ || !queue_.empty() || !cancelled_.empty() || !running_.empty(); });
    if (stopping_) return false;
    dropped.reserve(cancelled_.size());  // before anything leaves the queue
    admitted.reserve(plan_.max_sequences);
    cancelled.swap(cancelled_);
    for (const RequestId id : cancelled) {
      if (auto waiting = queue_.remove(id)) dropped.push_back(std::move(*waiting));
    }
    expired = queue_.remove_expired(now);
    while (!queue_.empty() && running_.size() + admitted.size() < plan_.max_sequences) {
      admitted.push_back(queue_.pop());
    }
    stats_.running += admitted.size();  // at no moment they are neither here nor there
  }
  for (Waiting& waiting : dropped) end_waiting(waiting, EndReason::cancelled);
  for (Waiting& waiting : expired) end_waiting(waiting, EndReason::deadline);
  for (const auto& sequence : running_) {
    const auto& deadline = sequence->request().deadline;
    if (std::find(cancelled.begin(), cancelled.end(), sequence->id()) != cancelled.end()) {
      sequence->end(EndReason::cancelled);
    } else if (deadline && *deadline <= now) {
      sequence->end(EndReason::deadline);
    }
  }
  retire();
  for (Waiting& waiting : admitted) admit(waiting);
  return true;
}

void Scheduler::admit(Waiting& waiting) {
  KvSlot& slot = slots_.acquire(waiting.request.prompt, waiting.request.adapter);
  std::function<void(const RequestEnd&)> on_end;
  try {
    on_end = waiting.request.on_end;
    running_.push_back(
        std::make_unique<Sequence>(std::move(waiting), slot, model_->tokenizer(), lists_, plan_.context));
  } catch (const std::exception& error) {
    slots_.release(slot);
    if (!on_end) on_end.swap(waiting.request.on_end);  // there was no memory to copy it
    if (on_end) on_end({.reason = EndReason::failed, .error = error.what()});
  }
}

void Scheduler::retire() {
  const bool any_ended = std::any_of(running_.begin(), running_.end(), [](const auto& each) { return each->ended(); });
  if (!any_ended) return;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& sequence : running_) {
      if (sequence->ended()) queue_.charge(sequence->request().client, sequence->answer_tokens());
    }
  }
  std::erase_if(running_, [&](const auto& sequence) {
    if (sequence->ended()) slots_.release(sequence->slot());
    return sequence->ended();
  });
}

void Scheduler::step() {
  try {
    plan_step();
    if (slices_.empty()) return;
    evaluate();
  } catch (const std::exception& error) {  // not one sequence's fault, so that none of them can go on
    for (Sequence* sequence : in_step_) sequence->fail_with(ErrorCode::internal, error.what());
  }
  retire();
}

// The next token of every answer comes first, then text that a constraint forces, then prompts in the order of their
// stamps, as far as the budget goes.
void Scheduler::plan_step() {
  slices_.clear();
  in_step_.clear();
  step_tokens_ = prefill_tokens_ = 0;
  std::sort(running_.begin(), running_.end(), [](const auto& a, const auto& b) {
    return goes_before(a->request().priority, a->stamp(), b->request().priority, b->stamp());
  });
  const bool nobody_waits = running_.size() == 1 || std::all_of(running_.begin(), running_.end(),
                                                                [](const auto& each) { return each->reads_prompt(); });
  step_budget_ = nobody_waits ? &idle_budget_ : &budget_;
  const std::size_t budget = step_budget_->tokens();
  for (const auto& sequence : running_) {
    if (sequence->reads_prompt()) continue;
    const std::size_t n_forced = sequence->slot().pending().size() - 1;
    const std::size_t n = std::min(n_forced, budget - std::min(budget, prefill_tokens_));
    add_slice(*sequence, n + 1);
    prefill_tokens_ += n;
  }
  for (const auto& sequence : running_) {
    if (!sequence->reads_prompt()) continue;
    if (prefill_tokens_ >= budget) break;
    if (!sequence->begun()) {
      if (worth_waiting(*sequence)) continue;
      begin(*sequence);
    }
    const std::size_t before = step_tokens_;
    add_slice(*sequence, std::min(sequence->slot().pending().size(), budget - prefill_tokens_));
    prefill_tokens_ += step_tokens_ - before;
  }
}

// Someone else is reading the same beginning just now: reading it twice at once would take longer than sharing it then.
bool Scheduler::worth_waiting(Sequence& sequence) const {
  return std::any_of(running_.begin(), running_.end(), [&](const auto& other) {
    return other->begun() && other->reads_prompt() &&
           other->request().priority >= sequence.request().priority &&  // or it might be kept waiting itself
           tokens_to_come(sequence.slot(), other->slot()) >= kTokensWorthWaiting;
  });
}

// Where a prompt's beginning has been read meanwhile for another request, it is shared and not read again.
void Scheduler::begin(Sequence& sequence) {
  slots_.adopt_prefix(sequence.slot());
  sequence.begin();
  const std::scoped_lock lock(mutex_);
  stats_.prompt_tokens += sequence.slot().tokens.size();
  stats_.prefix_cache_tokens += sequence.slot().cache.size();
}

void Scheduler::add_slice(Sequence& sequence, std::size_t n_tokens) {
  const std::span<const TokenId> pending = sequence.slot().pending();
  const std::size_t n = std::min(n_tokens, plan_.batch_tokens - step_tokens_);
  if (n == 0) return;
  const auto wanted = n == pending.size() ? models::Logits::last : models::Logits::none;
  slices_.push_back({&sequence.slot().cache, pending.first(n), wanted, sequence.slot().adapter.get()});
  in_step_.push_back(&sequence);
  step_tokens_ += n;
}

void Scheduler::evaluate() {
  const auto start = Clock::now();
  model_->forward(slices_, logits_.data(), scratch_);
  const double ms = ms_between(start, Clock::now());
  if (prefill_tokens_ > 0) step_budget_->learn(prefill_tokens_, ms);
  {
    const std::scoped_lock lock(mutex_);  // before the answers hear of it
    ++stats_.steps;
    stats_.evaluated_tokens += step_tokens_;
    stats_.busy_ms += ms;
  }
  const std::size_t stride = model_->spec().vocabulary_size;
  const float* row = logits_.data();
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    if (slices_[i].logits == models::Logits::none) continue;
    in_step_[i]->advance({row, model_->vocabulary_size()});
    row += stride;
  }
}

void Scheduler::read_pinned(const std::vector<TokenId>& tokens) {
  KvSlot& slot = slots_.add_pinned(tokens);
  slots_.adopt_prefix(slot);  // from a restored cache
  while (!slot.pending().empty()) {
    const auto part = slot.pending().first(std::min(slot.pending().size(), plan_.batch_tokens));
    const models::Slice slice{&slot.cache, part, models::Logits::none};
    model_->forward({&slice, 1}, logits_.data(), scratch_);
  }
  slots_.publish(slot);
}

}  // namespace minnow::engine
