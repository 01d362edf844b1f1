// How much memory this process may still take, and how much it has taken.
#pragma once

#include <cstdint>

namespace minnow::machine {

// Bytes that can be allocated without swapping: the system's MemAvailable and what the cgroup leaves,
// whichever is less. 0 when the system doesn't say.
std::uint64_t available_memory_bytes();

// The largest resident set of this process so far.
std::uint64_t peak_rss_bytes();

}  // namespace minnow::machine
