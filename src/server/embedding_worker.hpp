// A model's thread that turns texts into vectors, one request after another.
//
// Between two forward passes it looks whether the request is still wanted, and those that wait: a deadline that has
// passed, or a client that has gone, ends one as soon as that.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/embedder.hpp"
#include "engine/request.hpp"

namespace minnow::server {

struct EmbeddingJob {
  using Vectors = std::vector<std::vector<float>>;

  std::vector<std::vector<TokenId>> inputs{};
  std::shared_ptr<const models::Adapter> adapter{};
  std::optional<engine::Clock::time_point> deadline{};
  std::shared_ptr<const std::atomic<bool>> cancelled{};  // none: never
  // One of the two is called, from the worker's thread; neither may throw.
  std::function<void(const Vectors&)> done{};
  std::function<void(const std::exception&)> failed{};
};

class EmbeddingWorker {
 public:
  static constexpr std::size_t kMostWaiting = 128;

  // Texts of up to `context` tokens. The memory for them is taken with the first job.
  EmbeddingWorker(Model model, std::size_t context);
  EmbeddingWorker(const EmbeddingWorker&) = delete;
  EmbeddingWorker& operator=(const EmbeddingWorker&) = delete;
  // What runs and waits fails with ApiError(503).
  ~EmbeddingWorker();

  // False when too much waits already.
  bool add(EmbeddingJob job);
  // Whether anything runs or waits.
  bool busy() const { return n_jobs_ > 0; }

 private:
  void run();
  void work(const EmbeddingJob& job);
  void check(const EmbeddingJob& job) const;
  void drop_unwanted();

  const Model model_;
  const std::size_t context_;
  std::optional<engine::Embedder> embedder_;  // the worker's thread only
  std::atomic<std::size_t> n_jobs_ = 0;
  std::atomic<bool> stopping_ = false;  // set with the mutex held

  std::mutex mutex_;  // guards what waits
  std::condition_variable wake_;
  std::deque<EmbeddingJob> waiting_;

  std::thread thread_;  // the last member: everything else is there when it starts
};

}  // namespace minnow::server
