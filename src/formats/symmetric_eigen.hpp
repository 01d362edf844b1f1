// Eigenvalues and eigenvectors of a small symmetric matrix.
#pragma once

#include <cstddef>
#include <vector>

namespace minnow::formats {

struct SymmetricEigen {
  std::vector<double> values;   // the largest first
  std::vector<double> vectors;  // [k][size]: of values[k], of length 1
};

// `matrix` is [size][size], finite. By Jacobi's rotations: exact to rounding, in time of size³.
SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t size);

}  // namespace minnow::formats
