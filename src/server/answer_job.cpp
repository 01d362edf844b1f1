#include "server/answer_job.hpp"

#include <exception>
#include <utility>

#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

// Shared by the callbacks of one request's choices, which all come from the scheduler's thread.
struct Job {
  std::shared_ptr<AnswerWriter> writer;
  Metrics& metrics;
  std::size_t n_open;
  bool failed = false;

  template <typename Do>
  void guard(Do&& act) {
    if (failed) return;
    try {
      act();
    } catch (const std::exception& error) {
      failed = true;
      writer->fail(error);
    }
  }
};

void check_end(const engine::RequestEnd& end) {
  switch (end.reason) {
    case engine::EndReason::stop:
    case engine::EndReason::length:
      return;
    case engine::EndReason::deadline:
      throw ApiError(504, "the answer took longer than its deadline", "", "timeout");
    case engine::EndReason::cancelled:
      throw ApiError(503, "the answer was cancelled", "", "cancelled");
    case engine::EndReason::failed:
      throw Error(end.error_code, end.error);
  }
}

void connect(engine::Request& request, std::size_t choice, const std::shared_ptr<Job>& job) {
  request.on_token = [job, choice](const TokenOutput& token) {
    job->guard([&] { job->writer->token(choice, token); });
  };
  request.on_end = [job, choice](const engine::RequestEnd& end) {
    job->metrics.ended(end);
    job->guard([&] {
      check_end(end);
      job->writer->ended(choice, end);
    });
    if (--job->n_open == 0) job->guard([&] { job->writer->finish(); });
  };
}

}  // namespace

void run_answers(const std::shared_ptr<ServedModel>& model, std::vector<engine::Request> requests,
                 std::shared_ptr<AnswerWriter> writer, const std::shared_ptr<Responder>& responder, Metrics& metrics) {
  auto job = std::make_shared<Job>(Job{std::move(writer), metrics, requests.size()});
  for (std::size_t i = 0; i < requests.size(); ++i) connect(requests[i], i, job);
  const auto ids = model->scheduler().submit_all(std::move(requests));
  if (!ids) throw ApiError(429, "too many requests wait already; try again later", "", "queue_full");
  responder->on_gone([weak = std::weak_ptr(model), ids = *ids] {
    if (const auto alive = weak.lock()) {
      for (const engine::RequestId id : ids) alive->scheduler().cancel(id);
    }
  });
}

}  // namespace minnow::server
