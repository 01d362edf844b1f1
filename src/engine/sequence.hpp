// One answer of a Scheduler's batch: its tokens, what chooses the next one, and whom to tell.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/answer_text.hpp"
#include "engine/fair_queue.hpp"
#include "engine/kv_slots.hpp"
#include "engine/sampler.hpp"

namespace minnow::engine {

class Sequence {
 public:
  // `slot` holds the prompt as its tokens. Throws Error(invalid_input) for options out of range.
  Sequence(Waiting waiting, KvSlot& slot, const text::Tokenizer& tokenizer, SamplerLists& lists, std::size_t context);

  RequestId id() const { return id_; }
  const Request& request() const { return request_; }
  std::uint64_t stamp() const { return stamp_; }
  KvSlot& slot() { return *slot_; }

  // Whether it has said nothing yet.
  bool reads_prompt() const { return n_answer_ == 0; }
  std::size_t answer_tokens() const { return n_answer_; }
  bool begun() const { return begun_; }
  // The first tokens of its prompt are about to be evaluated.
  void begin();

  // All tokens are evaluated and `logits` are those of the last: chooses the next token and hands it out. The sequence
  // may have ended then.
  void advance(std::span<const float> logits);
  bool ended() const { return ended_; }

  void end(EndReason reason);
  void fail_with(ErrorCode code, const std::string& sentence);

 private:
  // `completes`: nothing can follow it.
  void append(TokenId token, std::span<const float> logits, bool completes);
  bool append_forced(std::span<const float> logits);

  Request request_;
  RequestId id_;
  std::uint64_t stamp_;
  KvSlot* slot_;
  const text::Tokenizer& tokenizer_;
  std::size_t context_;
  Sampler sampler_;
  AnswerText text_;
  std::vector<TokenId> forced_;  // by the constraint, and not yet appended
  std::size_t n_prompt_;
  std::size_t n_answer_ = 0;
  RequestEnd result_;
  Clock::time_point submitted_;
  bool begun_ = false;
  bool ended_ = false;
};

double ms_between(Clock::time_point begin, Clock::time_point end);

}  // namespace minnow::engine
