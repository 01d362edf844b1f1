// How many bytes of requests' bodies a server holds at once, however many clients send them.
//
//   BodyShare share(budget);
//   if (!share.grow_to(n_bytes, limit)) …  // refuse the request
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace minnow::server {

// Bytes that all bodies together hold, apart from the first kFreeBytes of each: large ones, sent or not, never keep
// out an ordinary question.
using BodyBudget = std::atomic<std::size_t>;

// One body's part of it, given back when this goes.
class BodyShare {
 public:
  static constexpr std::size_t kFreeBytes = 16 << 10;

  explicit BodyShare(std::shared_ptr<BodyBudget> budget) : budget_(std::move(budget)) {}
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  ~BodyShare() { *budget_ -= held_; }

  // The body has this many bytes now. False when all would hold more than `limit`; then nothing has changed.
  bool grow_to(std::size_t n_bytes, std::size_t limit) {
    const std::size_t wanted = n_bytes - std::min(n_bytes, kFreeBytes);
    if (wanted <= held_) return true;
    const std::size_t more = wanted - held_;
    if (budget_->fetch_add(more) + more > limit) {
      *budget_ -= more;
      return false;
    }
    held_ = wanted;
    return true;
  }

 private:
  std::shared_ptr<BodyBudget> budget_;
  std::size_t held_ = 0;
};

}  // namespace minnow::server
