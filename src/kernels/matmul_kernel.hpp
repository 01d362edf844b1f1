// One format's matrix product for one instruction set, with the shape of the layout it reads.
//
// Plain structs only: kernels include this file.
#pragma once

#include <cstddef>
#include <cstdint>

#include "numeric/format.hpp"

namespace minnow::kernels {

// y[token][row] for `n_rows` rows, beginning with the row at `weights`, and `n_tokens` tokens.
struct MatmulArgs {
  const std::byte* weights;
  std::size_t n_rows;
  std::size_t cols;
  std::size_t n_tokens;
  const float* values;          // [n_tokens][cols]; the rest is null for float weights
  const std::int8_t* codes;     // [n_tokens][cols]
  const float* scales;          // [n_tokens][cols / activation_block]
  const std::int32_t* sums_16;  // [n_tokens][cols / 16]: of the codes
  const std::int32_t* sums_32;  // [n_tokens][cols / 32]
  float* y;                     // row 0 of token 0
  std::size_t y_stride;         // from one token to the next
};

struct MatmulKernel {
  numeric::Format format;
  std::size_t activation_block;  // 32 or 256 values share an activation scale; 0: the kernel reads floats
  std::size_t row_tile;          // rows interleaved in the packed layout (packing.hpp); 0: rows as the file has them
  void (*multiply)(const MatmulArgs& args) noexcept;
};

}  // namespace minnow::kernels
