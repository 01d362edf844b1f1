// Requests that wait for a place in the batch, the next to be served first.
//
// The higher priority goes first. Within one, clients share the device: whoever has had the fewest tokens goes first,
// those of prompts counted when a request is taken and those of answers when it ends. Who wasn't here begins at the
// virtual time, where the request that was taken last began (start-time fair queueing, Goyal et al. 1996): nobody saves
// up, and nobody waits forever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/request.hpp"

namespace minnow::engine {

struct Waiting {
  Request request;
  RequestId id = 0;
  Clock::time_point submitted{};
  std::uint64_t stamp = 0;  // the virtual time at which it was taken from the queue
};

class FairQueue {
 public:
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }

  void push(Request request, RequestId id, Clock::time_point now);
  Waiting pop();  // precondition: !empty()
  std::optional<Waiting> remove(RequestId id);
  // What a client has had beside its prompts.
  void charge(const std::string& client, std::size_t n_tokens);
  std::vector<Waiting> remove_expired(Clock::time_point now);

 private:
  std::vector<Waiting> waiting_;
  std::uint64_t virtual_time_ = 0;
  std::uint64_t start_of(const std::string& client) const;

  std::map<std::string, std::uint64_t> had_;  // by each client that is ahead of the virtual time
};

// Whether `a` goes before `b`.
bool goes_before(int priority_a, std::uint64_t stamp_a, int priority_b, std::uint64_t stamp_b);

}  // namespace minnow::engine
