// What an instruction set's multipliers can do at most: a loop that multiplies and adds in registers and nothing
// else. No matrix product of the same kernels can be faster.
//
// Plain structs only: kernels include this file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace minnow::kernels {

struct RegisterLoop {
  const char* instruction = "";  // "vpdpbusd"
  double ops_per_turn = 0;       // a multiplication and an addition count as two
  // Turns the loop and returns the sum of its products, each 3 × -5 (modulo 2^32). Null: the kernels have no such unit.
  std::int32_t (*run)(std::size_t turns) noexcept = nullptr;
};

}  // namespace minnow::kernels
