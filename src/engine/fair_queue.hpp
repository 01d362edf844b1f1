// Requests that wait for a place in the batch, the next to be served first.
//
// The higher priority goes first. Within one, clients share the device: a request is stamped with the virtual time at
// which a device shared equally would have read it (self-clocked fair queueing, Golestani 1994), and the earliest stamp
// goes first. A client that sends much waits behind one that sends little; nobody waits forever.
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
  std::uint64_t stamp = 0;
};

class FairQueue {
 public:
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }

  void push(Request request, RequestId id, Clock::time_point now);
  Waiting pop();  // precondition: !empty()
  std::optional<Waiting> remove(RequestId id);
  std::vector<Waiting> remove_expired(Clock::time_point now);

 private:
  std::vector<Waiting> waiting_;
  std::uint64_t virtual_time_ = 0;
  std::map<std::string, std::uint64_t> last_stamp_;  // of each client with a stamp in the future
};

// Whether `a` goes before `b`.
bool goes_before(int priority_a, std::uint64_t stamp_a, int priority_b, std::uint64_t stamp_b);

}  // namespace minnow::engine
