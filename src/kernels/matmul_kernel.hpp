// One format's matrix product for one instruction set, with the shape of the layout it reads.
//
// Plain structs only: kernels include this file.
#pragma once

#include <cstddef>
#include <cstdint>

#include "numeric/format.hpp"

namespace minnow::kernels {

// Tokens lie an odd number of cache lines apart: with a power of two, the rows of a matrix tile would all compete for
// one set of the cache.
constexpr std::size_t code_stride(std::size_t cols) { return ((cols + 63) / 64 | 1) * 64; }

// The same for bfloats, in bytes.
constexpr std::size_t bfloat_stride(std::size_t cols) { return 2 * code_stride(cols) + 64; }

// Matrix units read codes, scales and sums of this many tokens at once; those beyond n_tokens may hold anything.
inline constexpr std::size_t kTokenPadding = 32;
constexpr std::size_t padded_tokens(std::size_t n_tokens) {
  return (n_tokens + kTokenPadding - 1) / kTokenPadding * kTokenPadding;
}

// y[token][row] for `n_rows` rows, beginning with the row at `weights`, and `n_tokens` tokens.
struct MatmulArgs {
  const std::byte* weights;
  std::size_t n_rows;
  std::size_t cols;
  std::size_t n_tokens;
  const float* values;           // [n_tokens][cols]; the rest is null for float weights
  const std::int8_t* codes;      // [n_tokens][cols], code_stride bytes from one token to the next
  std::size_t code_stride;       // see code_stride() and kTokenPadding below
  const float* scales;           // [n_tokens][cols / activation_block]
  const std::int16_t* sums_16;   // [n_tokens][cols / 16]: of the codes
  const std::int16_t* sums_32;   // [n_tokens][cols / 32]
  const std::uint16_t* bfloats;  // [n_tokens][cols], code_stride bytes apart; for multiply_bfloats only
  float* y;                      // row 0 of token 0
  std::size_t y_stride;          // from one token to the next
};

struct MatmulKernel {
  numeric::Format format;
  std::size_t activation_block;  // 32 or 256 values share an activation scale; 0: the kernel reads floats
  std::size_t row_tile;          // rows interleaved in the packed layout (packing.hpp); 0: rows as the file has them
  void (*multiply)(const MatmulArgs& args) noexcept;
  void (*multiply_bfloats)(const MatmulArgs& args) noexcept = nullptr;  // in fast tables
  std::size_t batch_rows = 0;  // rows a product of many tokens likes in one task; 0: what the second-level cache holds
};

}  // namespace minnow::kernels
