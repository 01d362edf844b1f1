#include "engine/fair_queue.hpp"

#include <algorithm>
#include <utility>

namespace minnow::engine {

bool goes_before(int priority_a, std::uint64_t stamp_a, int priority_b, std::uint64_t stamp_b) {
  return priority_a != priority_b ? priority_a > priority_b : stamp_a < stamp_b;
}

void FairQueue::push(Request request, RequestId id, Clock::time_point now) {
  waiting_.push_back({.request = std::move(request), .id = id, .submitted = now});
}

std::uint64_t FairQueue::start_of(const std::string& client) const {
  const auto found = had_.find(client);
  return found == had_.end() ? virtual_time_ : std::max(found->second, virtual_time_);
}

void FairQueue::charge(const std::string& client, std::size_t n_tokens) {
  std::erase_if(had_, [&](const auto& entry) { return entry.second <= virtual_time_; });
  had_[client] = start_of(client) + n_tokens;
}

// Those of one client have one start, and ids tell which came first.
Waiting FairQueue::pop() {
  const auto next = std::min_element(waiting_.begin(), waiting_.end(), [&](const Waiting& a, const Waiting& b) {
    const std::uint64_t start_a = start_of(a.request.client), start_b = start_of(b.request.client);
    if (a.request.priority == b.request.priority && start_a == start_b) return a.id < b.id;
    return goes_before(a.request.priority, start_a, b.request.priority, start_b);
  });
  next->stamp = start_of(next->request.client);
  charge(next->request.client, next->request.prompt.size());
  virtual_time_ = std::max(virtual_time_, next->stamp);
  Waiting taken = std::move(*next);
  waiting_.erase(next);
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
