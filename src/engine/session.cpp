#include "minnow/session.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "base/error.hpp"
#include "engine/probability.hpp"
#include "engine/session_state.hpp"
#include "models/adapter.hpp"

namespace minnow {
namespace {

constexpr std::size_t kAllLogitsBytes = 64u << 20;  // as many rows of logits at once as this holds, but at least one

}  // namespace

Session::State::State(const Model& handle, std::shared_ptr<const engine::LoadedModel> loaded,
                      const SessionOptions& options, const engine::SessionPlan& planned)
    : public_model(handle),
      model(std::move(loaded)),
      plan(planned),
      cache(model->spec(), plan.context, engine::cache_type(options.cache_type)),
      scratch(model->spec(), plan.batch_tokens),
      speculation(engine::Speculation::wanted(options.speculation)
                      ? std::make_unique<engine::Speculation>(handle, options.speculation, planned.context)
                      : nullptr),
      logits(model->spec().vocabulary_size * plan.logits_rows),
      sampler(options.sampling, model->vocabulary_size()) {
  if (const auto& adapter = engine::adapter_of(handle))
    scratch.make_room_for_adapters(model->spec(), adapter->max_rank());
  tokens.reserve(plan.context + 1);
  draft.reserve(plan.logits_rows);
}

void Session::State::require_room(std::size_t n_tokens) const {
  const std::size_t left = plan.context - std::min(plan.context, tokens.size());
  if (n_tokens <= left) return;
  if (tokens.empty()) {
    fail(ErrorCode::context_full, "the prompt has {} tokens and the context holds {}", n_tokens, plan.context);
  }
  fail(ErrorCode::context_full, "{} tokens come after {} and the context holds {}", n_tokens, tokens.size(),
       plan.context);
}

void Session::State::require_known(std::span<const TokenId> ids) const {
  for (const TokenId id : ids) {
    if (id >= 0 && static_cast<std::size_t>(id) < vocabulary_size()) continue;
    fail(ErrorCode::invalid_input, "there is no token {}: the vocabulary has {}", id, vocabulary_size());
  }
}

void Session::State::forward(std::span<const TokenId> part, models::Logits wanted, float* out) {
  const models::Slice slice{&cache, part, wanted, engine::adapter_of(public_model).get()};
  const auto start = std::chrono::steady_clock::now();
  model->forward({&slice, 1}, out, scratch);
  if (!speculation || part.size() > plan.logits_rows) return;
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  speculation->observe_pass(part.size(), spent.count());
}

void Session::State::follow_draft() {
  while (!draft.empty()) {
    const std::size_t n_known = cache.size() - draft.size();
    if (tokens.size() == n_known) return;
    if (tokens[n_known] != draft.front()) {
      speculation->refused();
      drop_draft();
      return;
    }
    speculation->accepted();
    draft.erase(draft.begin());
    ++logits_row;
  }
}

void Session::State::drop_draft() {
  cache.truncate(cache.size() - draft.size());
  draft.clear();
}

// Fast arithmetic would give a larger batch other bits than one token after another.
std::size_t Session::State::verifiable_tokens() const {
  const std::size_t fast_tokens = model->decoder().kernels().fast_tokens;
  return fast_tokens == 0 ? plan.logits_rows : std::min(plan.logits_rows, fast_tokens - 1);
}

// The last token and its draft in one pass.
void Session::State::evaluate_with_draft(std::span<const TokenId> proposed) {
  draft.assign(1, tokens.back());
  draft.insert(draft.end(), proposed.begin(), proposed.end());
  try {
    forward(draft, models::Logits::all, logits.data());
  } catch (...) {
    draft.clear();
    throw;
  }
  draft.erase(draft.begin());
  has_logits = true;
}

void Session::State::catch_up() {
  follow_draft();
  // After truncate() the last token is in the cache and its logits are gone: evaluate it again.
  if (!has_logits && !tokens.empty() && cache.size() == tokens.size()) cache.truncate(tokens.size() - 1);
  while (cache.size() < tokens.size()) {
    const auto rest = std::span<const TokenId>(tokens).subspan(cache.size());
    logits_row = 0;
    if (speculation && rest.size() == 1) {
      const std::size_t room = std::min(plan.context - tokens.size(), verifiable_tokens() - 1);
      const std::span<const TokenId> proposed = speculation->propose(tokens, room);
      if (!proposed.empty()) return evaluate_with_draft(proposed);
    }
    const auto part = rest.first(std::min(rest.size(), plan.batch_tokens));
    const bool last = part.size() == rest.size();
    forward(part, last ? models::Logits::last : models::Logits::none, logits.data());
    has_logits = last;
  }
}

// Layers take as many tokens as a prompt's, the output matrix as many as there is memory for.
void Session::State::catch_up_with_all_logits(const OnLogits& on_logits, std::size_t origin, std::size_t first) {
  follow_draft();
  drop_draft();
  logits_row = 0;
  const std::size_t stride = model->spec().vocabulary_size;
  const std::size_t width = model->spec().embedding_size;
  const std::size_t rows = std::clamp<std::size_t>(kAllLogitsBytes / (stride * sizeof(float)), 1, plan.batch_tokens);
  if (all_logits.size() == 0) all_logits = AlignedBuffer<float>(rows * stride);
  if (hidden.size() == 0) hidden = AlignedBuffer<float>(plan.batch_tokens * width);
  while (cache.size() < tokens.size()) {
    const std::size_t begin = cache.size();
    const std::size_t end = std::min(tokens.size(), begin + plan.batch_tokens);
    const auto part = std::span<const TokenId>(tokens).subspan(begin, end - begin);
    const models::Slice slice{&cache, part, models::Logits::none, engine::adapter_of(public_model).get()};
    model->hidden({&slice, 1}, hidden.data(), scratch);
    has_logits = false;
    for (std::size_t position = std::max(begin, first); position < end; position += rows) {
      const std::size_t n = std::min(rows, end - position);
      model->logits_of(hidden.data() + (position - begin) * width, n, all_logits.data(), scratch);
      for (std::size_t row = 0; row < n; ++row) {
        on_logits(position + row - origin, all_logits.span().subspan(row * stride, vocabulary_size()));
      }
      std::copy_n(all_logits.data() + (n - 1) * stride, stride, logits.data());
      has_logits = position + n == tokens.size();
    }
  }
}

Session::Session(const Model& model, const SessionOptions& options) {
  const std::shared_ptr<const engine::LoadedModel>& loaded = model.loaded_;
  const engine::SessionPlan plan = engine::plan_session(loaded->spec(), options, loaded->available_memory_bytes());
  try {
    state_ = std::make_unique<State>(model, loaded, options, plan);
  } catch (const std::bad_alloc&) {
    fail(ErrorCode::out_of_memory, "a context of {} tokens needs {} bytes, and the system refused them", plan.context,
         plan.total_bytes());
  }
}

Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

void Session::prefill(std::span<const TokenId> tokens) {
  State& state = *state_;
  state.require_room(tokens.size());
  state.require_known(tokens);
  const std::size_t before = state.tokens.size();
  state.tokens.insert(state.tokens.end(), tokens.begin(), tokens.end());
  try {
    state.catch_up();
  } catch (...) {
    truncate(before);
    throw;
  }
}

std::optional<TokenId> Session::State::decode(engine::TokenMask allowed) {
  if (tokens.empty()) fail(ErrorCode::invalid_input, "there is nothing to continue: prefill a prompt first");
  if (tokens.size() > plan.context) require_room(1);
  catch_up();
  const TokenId chosen = sampler.choose(current_logits(), tokens, allowed);
  if (model->tokenizer().is_end_of_generation(chosen)) return std::nullopt;
  tokens.push_back(chosen);
  return chosen;
}

std::optional<TokenId> Session::decode() { return state_->decode({}); }

void Session::evaluate(std::span<const TokenId> tokens, const OnLogits& on_logits, std::size_t first) {
  State& state = *state_;
  state.require_room(tokens.size());
  state.require_known(tokens);
  const std::size_t before = state.tokens.size();
  state.tokens.insert(state.tokens.end(), tokens.begin(), tokens.end());
  try {
    state.catch_up_with_all_logits(on_logits, before, before + first);
  } catch (...) {
    truncate(before);
    throw;
  }
}

std::span<const float> Session::logits() const { return state_->current_logits(); }

double Session::log_probability(TokenId id) const {
  const std::span<const float> values = state_->current_logits();
  state_->require_known({&id, 1});
  if (values.empty()) fail(ErrorCode::invalid_input, "there are no logits yet: prefill a prompt first");
  return engine::log_probability(values, id);
}

std::vector<TokenProbability> Session::top(std::size_t k) const {
  const std::span<const float> values = state_->current_logits();
  if (values.empty()) fail(ErrorCode::invalid_input, "there are no logits yet: prefill a prompt first");
  return engine::top_probabilities(values, k);
}

void Session::truncate(std::size_t position) {
  State& state = *state_;
  if (position >= state.tokens.size()) return;
  state.follow_draft();
  state.drop_draft();
  state.tokens.resize(position);
  if (state.cache.size() > position) state.cache.truncate(position);
  state.has_logits = false;
}

void Session::reset() {
  truncate(0);
  state_->sampler.restart();
}

void Session::set_sampling(const SamplingOptions& options) {
  state_->sampler = engine::Sampler(options, state_->vocabulary_size());
}

const Model& Session::model() const { return state_->public_model; }
std::span<const TokenId> Session::tokens() const { return state_->tokens; }
std::size_t Session::position() const { return state_->tokens.size(); }
std::size_t Session::context() const { return state_->plan.context; }
std::uint64_t Session::seed() const { return state_->sampler.seed(); }

bool Session::speculates() const { return state_->speculation != nullptr; }

MemoryUse Session::memory() const {
  const State& state = *state_;
  const MemoryUse draft = state.speculation ? state.speculation->memory() : MemoryUse{};
  return {state.model->decoder().weights_bytes() + draft.weights_bytes, state.plan.kv_bytes + draft.kv_bytes,
          state.plan.scratch_bytes + state.all_logits.size_bytes() + draft.scratch_bytes};
}

}  // namespace minnow
