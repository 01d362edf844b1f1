// Products with F32, F16 and BF16 weights, read where the file has them. Element k goes to virtual lane k mod 16;
// a tile of rows × tokens keeps its sums in registers, so a weight is loaded once per token tile.
//
//   for each block of tokens:            whose activations stay in the second-level cache
//     for each tile of rows:             whose weights stay in the first-level cache
//       for each tile of tokens:         one load for every rows × tokens / (rows + tokens) fused multiply-adds
//
// With one token memory is all that takes time: rows are read one after another, in the order of their addresses.
#pragma once

#include "kernels/fetch_ahead.hpp"
#include "kernels/lanes/lanes.hpp"
#include "kernels/matmul_kernel.hpp"

namespace minnow::kernels {
namespace {

template <class Lanes, class Element, int rows, int tokens>
struct FloatTile {
  Lanes sums[rows][tokens];

  FloatTile() {
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
      for (int t = 0; t < tokens; ++t) sums[r][t] = Lanes::all(0.0f);
    }
  }

  // Adds the products of 16 values, or of the last `n` of a row.
  template <bool whole>
  void add(const Element* weights, const float* values, std::size_t cols, std::size_t n) {
    Lanes x[tokens];
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t) x[t] = load<whole>(values + static_cast<std::size_t>(t) * cols, n);
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const Lanes w = load<whole>(weights + static_cast<std::size_t>(r) * cols, n);
#pragma GCC unroll 8
      for (int t = 0; t < tokens; ++t) sums[r][t] = Lanes::fma(w, x[t], sums[r][t]);
    }
  }

  void store(float* y, std::size_t y_stride) const {
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t) {
#pragma GCC unroll 8
      for (int r = 0; r < rows; ++r) y[static_cast<std::size_t>(t) * y_stride + r] = sums[r][t].sum();
    }
  }

  template <bool whole, class Any>
  static Lanes load(const Any* values, std::size_t n) {
    if constexpr (whole) return Lanes::load(values);
    return load_first<Lanes>(values, n);
  }
};

template <class Lanes, class Element, int rows, int tokens>
void float_tile(const MatmulArgs& args, std::size_t row, std::size_t token) {
  const std::size_t cols = args.cols;
  const auto* weights = reinterpret_cast<const Element*>(args.weights) + row * cols;
  const float* values = args.values + token * cols;
  FloatTile<Lanes, Element, rows, tokens> tile;
  std::size_t k = 0;
  for (; k + kLanes <= cols; k += kLanes) tile.template add<true>(weights + k, values + k, cols, kLanes);
  if (k < cols) tile.template add<false>(weights + k, values + k, cols, cols - k);
  tile.store(args.y + token * args.y_stride + row, args.y_stride);
}

template <class Lanes, class Element, int rows, int tokens>
void float_tokens(const MatmulArgs& args, std::size_t row, std::size_t token, std::size_t end) {
  for (; token + tokens <= end; token += tokens) float_tile<Lanes, Element, rows, tokens>(args, row, token);
  if constexpr (tokens > 1) {
    if (token < end) float_tokens<Lanes, Element, rows, tokens / 2>(args, row, token, end);
  }
}

template <class Lanes, class Element>
void float_row(const MatmulArgs& args, std::size_t row) {
  constexpr std::size_t kLineValues = 64 / sizeof(Element);
  const std::size_t cols = args.cols;
  const auto* weights = reinterpret_cast<const Element*>(args.weights) + row * cols;
  FloatTile<Lanes, Element, 1, 1> tile;
  std::size_t k = 0;
  for (; k + kLineValues <= cols; k += kLineValues) {
    fetch_beyond<64>(reinterpret_cast<const char*>(weights + k));
#pragma GCC unroll 2
    for (std::size_t i = k; i < k + kLineValues; i += kLanes) {
      tile.template add<true>(weights + i, args.values + i, cols, kLanes);
    }
  }
  if (k + kLanes <= cols) {
    tile.template add<true>(weights + k, args.values + k, cols, kLanes);
    k += kLanes;
  }
  if (k < cols) tile.template add<false>(weights + k, args.values + k, cols, cols - k);
  tile.store(args.y + row, args.y_stride);
}

template <class Lanes, class Element>
void multiply_floats(const MatmulArgs& args) noexcept {
  if (args.n_tokens == 1) {
    for (std::size_t row = 0; row < args.n_rows; ++row) float_row<Lanes, Element>(args, row);
    return;
  }
  constexpr int kTokens = Lanes::kTokenTile;
  constexpr std::size_t kRows = Lanes::kRowTile;
  constexpr std::size_t kTokenBlock = std::size_t{48} / kTokens * kTokens;
  for (std::size_t token = 0; token < args.n_tokens; token += kTokenBlock) {
    const std::size_t end = args.n_tokens - token < kTokenBlock ? args.n_tokens : token + kTokenBlock;
    std::size_t row = 0;
    for (; row + kRows <= args.n_rows; row += kRows) {
      float_tokens<Lanes, Element, Lanes::kRowTile, kTokens>(args, row, token, end);
    }
    for (; row < args.n_rows; ++row) float_tokens<Lanes, Element, 1, kTokens>(args, row, token, end);
  }
}

}  // namespace
}  // namespace minnow::kernels
