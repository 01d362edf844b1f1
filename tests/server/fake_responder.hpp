// A client in memory: keeps what it was answered, and can go away.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "server/exchange.hpp"

namespace minnow::testing {

class FakeResponder : public server::Responder {
 public:
  void reply(server::HttpReply reply) override {
    const std::scoped_lock lock(mutex_);
    reply_ = std::move(reply);
    ++n_replies_;
    done_ = true;
    changed_.notify_all();
  }
  void begin_stream(server::HttpReply head) override {
    const std::scoped_lock lock(mutex_);
    reply_ = std::move(head);
    ++n_replies_;
    changed_.notify_all();
  }
  void write(std::string bytes) override {
    const std::scoped_lock lock(mutex_);
    reply_.body += bytes;
    changed_.notify_all();
  }
  void finish() override {
    const std::scoped_lock lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }
  void on_gone(std::function<void()> gone) override {
    const std::scoped_lock lock(mutex_);
    gone_ = std::move(gone);
    changed_.notify_all();
  }

  // The whole answer.
  server::HttpReply wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return done_; })) reply_.body += "(no answer)";
    return reply_;
  }
  int n_replies() {
    const std::scoped_lock lock(mutex_);
    return n_replies_;
  }
  // Waits until the answer is being made, and leaves.
  void leave() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [&] { return gone_ != nullptr; });
    auto gone = std::exchange(gone_, nullptr);
    lock.unlock();
    if (gone) gone();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  server::HttpReply reply_{.status = 0};
  int n_replies_ = 0;
  bool done_ = false;
  std::function<void()> gone_;
};

}  // namespace minnow::testing
