// Products with F32, F16 and BF16 weights, read where the file has them. Element k goes to virtual lane k mod 16;
// a tile of rows × tokens keeps its sums in registers, so a weight is loaded once per token tile.
#pragma once

#include "kernels/lanes/lanes.hpp"
#include "kernels/matmul_kernel.hpp"

namespace minnow::kernels {
namespace {

template <class Lanes, class Element, int rows, int tokens>
void float_tile(const MatmulArgs& args, std::size_t row, std::size_t token) {
  const std::size_t cols = args.cols;
  const auto* weights = reinterpret_cast<const Element*>(args.weights) + row * cols;
  const float* values = args.values + token * cols;
  Lanes sums[rows][tokens];
  for (auto& of_row : sums) {
    for (auto& sum : of_row) sum = Lanes::all(0.0f);
  }
  for (std::size_t k = 0; k < cols; k += kLanes) {
    Lanes x[tokens];
    for (int t = 0; t < tokens; ++t) {
      x[t] = load_up_to<Lanes>(values + static_cast<std::size_t>(t) * cols + k, cols - k);
    }
    for (int r = 0; r < rows; ++r) {
      const Lanes w = load_up_to<Lanes>(weights + static_cast<std::size_t>(r) * cols + k, cols - k);
      for (int t = 0; t < tokens; ++t) sums[r][t] = Lanes::fma(w, x[t], sums[r][t]);
    }
  }
  for (int t = 0; t < tokens; ++t) {
    float* y = args.y + (token + static_cast<std::size_t>(t)) * args.y_stride + row;
    for (int r = 0; r < rows; ++r) y[r] = sums[r][t].sum();
  }
}

template <class Lanes, class Element, int tokens>
void float_rows(const MatmulArgs& args, std::size_t token) {
  constexpr int kRows = Lanes::kRowTile;
  std::size_t row = 0;
  for (; row + kRows <= args.n_rows; row += kRows) float_tile<Lanes, Element, kRows, tokens>(args, row, token);
  for (; row < args.n_rows; ++row) float_tile<Lanes, Element, 1, tokens>(args, row, token);
}

template <class Lanes, class Element>
void multiply_floats(const MatmulArgs& args) noexcept {
  constexpr int kTokens = Lanes::kTokenTile;
  std::size_t token = 0;
  for (; token + kTokens <= args.n_tokens; token += kTokens) float_rows<Lanes, Element, kTokens>(args, token);
  for (; token < args.n_tokens; ++token) float_rows<Lanes, Element, 1>(args, token);
}

}  // namespace
}  // namespace minnow::kernels
