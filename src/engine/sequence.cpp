#include "engine/sequence.hpp"

#include <exception>
#include <utility>

namespace minnow::engine {

double ms_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double, std::milli>(end - begin).count();
}

Sequence::Sequence(Waiting waiting, KvSlot& slot, const text::Tokenizer& tokenizer, SamplerLists& lists,
                   std::size_t context)
    : request_(std::move(waiting.request)),
      id_(waiting.id),
      stamp_(waiting.stamp),
      slot_(&slot),
      tokenizer_(tokenizer),
      context_(context),
      sampler_(request_.sampling, lists),
      text_(tokenizer, request_.prompt, request_.stop, request_.logprobs, request_.uncut),
      n_prompt_(request_.prompt.size()),
      submitted_(waiting.submitted) {
  result_.prompt_tokens = n_prompt_;
}

void Sequence::begin() {
  begun_ = true;
  result_.cached_tokens = slot_->cache.size();
  result_.queue_ms = ms_between(submitted_, Clock::now());
}

void Sequence::advance(std::span<const float> logits) {
  try {
    if (n_answer_ >= request_.max_tokens) return end(EndReason::length);
    if (n_answer_ == 0) result_.first_token_ms = ms_between(submitted_, Clock::now());
    if (append_forced(logits)) return;
    const TokenMask allowed = request_.constraint ? request_.constraint->allowed() : TokenMask{};
    const TokenId chosen = sampler_.choose(logits, slot_->tokens, allowed);
    if (tokenizer_.is_end_of_generation(chosen)) return end(EndReason::stop);
    if (request_.constraint) request_.constraint->accept(chosen);
    append(chosen, logits, request_.constraint && request_.constraint->finished());
    if (!ended_ && !request_.logprobs) append_forced({});
    if (!ended_ && forced_.empty() && request_.constraint && request_.constraint->finished()) end(EndReason::stop);
  } catch (const Error& error) {
    fail_with(error.code(), error.what());
  } catch (const std::exception& error) {
    fail_with(ErrorCode::internal, error.what());
  }
}

// What a constraint leaves no choice about needs no forward pass of its own: it is evaluated with the next one. With
// log-probabilities wanted there is one for each token all the same. False when there was nothing to append.
bool Sequence::append_forced(std::span<const float> logits) {
  if (!request_.constraint) return false;
  if (forced_.empty()) request_.constraint->jump(forced_);
  if (forced_.empty()) return false;
  const std::size_t n = request_.logprobs ? 1 : forced_.size();
  const bool complete = request_.constraint->finished();  // once all of them are appended
  for (std::size_t i = 0; i < n && !ended_; ++i) append(forced_[i], logits, complete && i + 1 == forced_.size());
  forced_.erase(forced_.begin(), forced_.begin() + static_cast<std::ptrdiff_t>(n));
  if (!ended_ && forced_.empty() && request_.constraint->finished()) end(EndReason::stop);
  return true;
}

void Sequence::append(TokenId token, std::span<const float> logits, bool completes) {
  slot_->tokens.push_back(token);
  ++n_answer_;
  const bool show = request_.constraint && request_.constraint->shows(token);
  const TokenOutput output = text_.add(token, logits, show);
  if (request_.on_token) request_.on_token(output);
  if (text_.stopped() || completes) return end(EndReason::stop);
  if (n_answer_ >= request_.max_tokens || slot_->tokens.size() > context_) end(EndReason::length);
}

void Sequence::end(EndReason reason) {
  if (ended_) return;
  ended_ = true;
  const bool complete = reason == EndReason::stop || reason == EndReason::length;
  try {
    const std::string rest = complete && n_answer_ > 0 ? text_.finish() : std::string();
    if (!rest.empty() && request_.on_token) request_.on_token({.id = slot_->tokens.back(), .text = rest});
  } catch (const std::bad_alloc&) {  // on_end is due whatever happens
    reason = EndReason::failed;
  }
  result_.reason = reason == EndReason::length && text_.stopped() ? EndReason::stop : reason;
  result_.completion_tokens = n_answer_;
  result_.total_ms = ms_between(submitted_, Clock::now());
  if (request_.on_end) request_.on_end(result_);
}

void Sequence::fail_with(ErrorCode code, const std::string& sentence) {
  result_.error = sentence;
  result_.error_code = code;
  end(EndReason::failed);
}

}  // namespace minnow::engine
