#include "engine/fair_queue.hpp"

#include <algorithm>
#include <utility>

namespace minnow::engine {

bool goes_before(int priority_a, std::uint64_t stamp_a, int priority_b, std::uint64_t stamp_b) {
  return priority_a != priority_b ? priority_a > priority_b : stamp_a < stamp_b;
}

void FairQueue::push(Request request, RequestId id, Clock::time_point now) {
  std::erase_if(last_stamp_, [&](const auto& entry) { return entry.second <= virtual_time_; });
  std::uint64_t& last = last_stamp_[request.client];
  last = std::max(last, virtual_time_) + request.prompt.size();
  waiting_.push_back({.request = std::move(request), .id = id, .submitted = now, .stamp = last});
}

Waiting FairQueue::pop() {
  const auto next = std::min_element(waiting_.begin(), waiting_.end(), [](const Waiting& a, const Waiting& b) {
    return goes_before(a.request.priority, a.stamp, b.request.priority, b.stamp);
  });
  Waiting taken = std::move(*next);
  waiting_.erase(next);
  virtual_time_ = std::max(virtual_time_, taken.stamp);
  return taken;
}

std::optional<Waiting> FairQueue::remove(RequestId id) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& w) { return w.id == id; });
  if (found == waiting_.end()) return std::nullopt;
  Waiting taken = std::move(*found);
  waiting_.erase(found);
  return taken;
}

std::vector<Waiting> FairQueue::remove_expired(Clock::time_point now) {
  std::vector<Waiting> expired;
  for (std::size_t i = 0; i < waiting_.size();) {
    if (!waiting_[i].request.deadline || *waiting_[i].request.deadline > now) {
      ++i;
      continue;
    }
    expired.push_back(std::move(waiting_[i]));
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return expired;
}

}  // namespace minnow::engine
