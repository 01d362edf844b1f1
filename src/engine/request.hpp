// One answer asked of a Scheduler, and how it ended.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/stop_matcher.hpp"
#include "engine/token_constraint.hpp"
#include "minnow/error.hpp"
#include "minnow/session.hpp"
#include "models/adapter.hpp"

namespace minnow::engine {

using Clock = std::chrono::steady_clock;
using RequestId = std::uint64_t;

enum class EndReason { stop, length, cancelled, deadline, failed };

struct RequestEnd {
  EndReason reason = EndReason::stop;
  std::string error{};  // what went wrong when it failed
  ErrorCode error_code = ErrorCode::internal;
  std::size_t prompt_tokens = 0;
  std::size_t cached_tokens = 0;  // of the prompt, found in the cache and not evaluated again
  std::size_t completion_tokens = 0;
  double queue_ms = 0;        // until it was given a place in the batch
  double first_token_ms = 0;  // from submission to the first token; 0 when there was none
  double total_ms = 0;
};

struct Request {
  std::vector<TokenId> prompt{};  // at least one token, fewer than the scheduler's context
  SamplingOptions sampling{};
  std::vector<std::string> stop{};
  UncutPart uncut{};                                      // of the answer: stop strings end only what comes before it
  std::size_t max_tokens = static_cast<std::size_t>(-1);  // the context is a limit too
  std::optional<std::size_t> logprobs{};                  // as in GenerateOptions
  int priority = 0;                                       // the higher goes first
  std::string client{};                                   // clients of one priority share the device fairly
  std::optional<Clock::time_point> deadline{};
  std::unique_ptr<TokenConstraint> constraint{};
  std::shared_ptr<const models::Adapter> adapter{};  // of the scheduler's model, of no higher rank than it was told

  // Both are called from the scheduler's thread, which they must not keep waiting, and must not throw. on_token as
  // GenerateOptions says; on_end exactly once, last.
  std::function<void(const TokenOutput&)> on_token{};
  std::function<void(const RequestEnd&)> on_end{};
};

}  // namespace minnow::engine
