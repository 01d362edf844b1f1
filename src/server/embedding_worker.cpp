#include "server/embedding_worker.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

// None: somebody still waits for it.
std::optional<ApiError> why_unwanted(const EmbeddingJob& job) {
  if (job.cancelled && *job.cancelled) return ApiError(503, "the request was cancelled", "", "cancelled");
  if (job.deadline && *job.deadline <= engine::Clock::now()) {
    return ApiError(504, "the embeddings took longer than their deadline", "", "timeout");
  }
  return std::nullopt;
}

}  // namespace

EmbeddingWorker::EmbeddingWorker(Model model, std::size_t context)
    : model_(std::move(model)), context_(context), thread_([this] { run(); }) {}

EmbeddingWorker::~EmbeddingWorker() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

bool EmbeddingWorker::add(EmbeddingJob job) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || waiting_.size() >= kMostWaiting) return false;
    waiting_.push_back(std::move(job));
    ++n_jobs_;
  }
  wake_.notify_one();
  return true;
}

void EmbeddingWorker::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;  // when it stops, each of them fails in its turn
    const EmbeddingJob job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work(job);
    --n_jobs_;
    lock.lock();
  }
}

void EmbeddingWorker::work(const EmbeddingJob& job) {
  try {
    const auto between = [&] {
      check(job);
      drop_unwanted();
    };
    between();
    if (!embedder_) embedder_.emplace(model_, context_);
    EmbeddingJob::Vectors vectors;
    for (const auto& input : job.inputs) vectors.push_back(embedder_->embed(input, job.adapter.get(), between));
    job.done(vectors);
  } catch (const std::exception& error) {
    job.failed(error);
  }
}

// Throws what a job that can't go on is told.
void EmbeddingWorker::check(const EmbeddingJob& job) const {
  if (stopping_) throw ApiError(503, "the server is stopping");
  if (const auto why = why_unwanted(job)) throw *why;
}

void EmbeddingWorker::drop_unwanted() {
  std::vector<EmbeddingJob> unwanted;
  {
    const std::scoped_lock lock(mutex_);
    const auto wanted = [](const EmbeddingJob& job) { return !why_unwanted(job); };
    const auto first = std::stable_partition(waiting_.begin(), waiting_.end(), wanted);
    std::move(first, waiting_.end(), std::back_inserter(unwanted));
    waiting_.erase(first, waiting_.end());
  }
  for (const EmbeddingJob& job : unwanted) {
    try {
      check(job);
    } catch (const std::exception& error) {
      job.failed(error);
    }
    --n_jobs_;
  }
}

}  // namespace minnow::server
