// Asks a model's scheduler for the answers of one HTTP request, and tells a writer what comes of it.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/request.hpp"
#include "server/exchange.hpp"
#include "server/metrics.hpp"
#include "server/served_model.hpp"

namespace minnow::server {

// Turns answers into a reply or a stream. All functions are called from the scheduler's thread, one at a time.
class AnswerWriter {
 public:
  virtual ~AnswerWriter() = default;
  virtual void token(std::size_t choice, const TokenOutput& token) = 0;
  virtual void ended(std::size_t choice, const engine::RequestEnd& end) = 0;
  // Every choice has ended.
  virtual void finish() = 0;
  // Something went wrong, and nothing else will be called.
  virtual void fail(const std::exception& error) = 0;
};

// Request number i is choice number i. Throws ApiError(429) when too many requests wait, and what Scheduler::submit
// throws; then the writer is not called. A client that goes away cancels its answers.
void run_answers(const std::shared_ptr<ServedModel>& model, std::vector<engine::Request> requests,
                 std::shared_ptr<AnswerWriter> writer, const std::shared_ptr<Responder>& responder, Metrics& metrics);

}  // namespace minnow::server
