// The nearest matrix of a low rank, in the least-squares sense: a truncated singular value decomposition.
//
//   LowRankFactors near = nearest_low_rank(difference, rows, cols, 16, pool);   // difference ≈ B A
//
// By randomized subspace iteration (Halko, Martinsson and Tropp 2011, arXiv:0909.4061) from a fixed seed, with twice as
// many directions as are asked for, until another step finds next to nothing. The same bits for any number of threads.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/thread_pool.hpp"

namespace minnow::formats {

inline constexpr std::size_t kMaxLowRank = 256;

struct LowRankFactors {
  std::size_t rank = 0;  // as asked for, or less: directions that hold nothing but rounding are left out
  std::vector<float> a;  // [rank][cols]
  std::vector<float> b;  // [rows][rank]
  double energy = 0;     // sum of the squares of the matrix
  double kept = 0;       // of it, how much B A holds
};

// `matrix` is [rows][cols] and finite; 1 ≤ rank ≤ kMaxLowRank. Takes as much memory again as the matrix, and thin ones.
LowRankFactors nearest_low_rank(std::span<const float> matrix, std::size_t rows, std::size_t cols, std::size_t rank,
                                ThreadPool& pool);

}  // namespace minnow::formats
