// The two orders of the rows that make a rotated query or key.
#pragma once

#include <cstdint>

namespace minnow::formats {

// Where the row at `position` of GGUF's order, in which the members of a rotated pair are neighbours, stands in Hugging
// Face's, whose heads hold first all the even and then all the odd members. `head`: its rows, an even number.
inline std::uint64_t rotated_row(std::uint64_t position, std::uint64_t head) {
  const std::uint64_t within = position % head;
  return position - within + (within % 2) * (head / 2) + within / 2;
}

}  // namespace minnow::formats
