#include "formats/low_rank.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "formats/symmetric_eigen.hpp"

namespace minnow::formats {
namespace {

constexpr std::size_t kLanes = 8;         // columns of a thin matrix that a product computes together
constexpr std::size_t kRowsAtOnce = 4;    // and rows
constexpr std::size_t kMoreThanRank = 8;  // directions beyond twice the rank
constexpr int kMaxSteps = 16;
constexpr double kEnoughGained = 1e-4;  // of the matrix's energy, in one step
constexpr double kNothing = 1e-6;       // of the largest singular value: rounding

// A thin matrix, [length][width], its width padded with zeros to a multiple of kLanes.
struct Thin {
  std::size_t length, width;
  std::vector<float> values;

  Thin(std::size_t n_rows, std::size_t n_columns)
      : length(n_rows), width((n_columns + kLanes - 1) / kLanes * kLanes), values(length * width) {}
};

// splitmix64 and Box-Muller: unlike std::normal_distribution, the same everywhere.
class Gaussian {
 public:
  float next() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return static_cast<float>(radius * std::cos(2 * std::numbers::pi * uniform()));
  }

 private:
  double uniform() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (static_cast<double>((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
  }
  std::uint64_t state_ = 1;
};

std::vector<float> transposed(std::span<const float> matrix, std::size_t rows, std::size_t cols, ThreadPool& pool) {
  constexpr std::size_t kTile = 32;
  std::vector<float> out(matrix.size());
  pool.run((rows + kTile - 1) / kTile, [&](std::size_t tile) {
    const std::size_t begin = tile * kTile, end = std::min(begin + kTile, rows);
    for (std::size_t col = 0; col < cols; ++col) {
      for (std::size_t row = begin; row < end; ++row) out[col * rows + row] = matrix[row * cols + col];
    }
  });
  return out;
}

// out[4][8] = four rows of the matrix times eight columns of x, each sum in the order of the columns of the matrix.
void multiply_tile(const float* const (&rows)[kRowsAtOnce], std::size_t cols, const float* x, std::size_t width,
                   float (&out)[kRowsAtOnce][kLanes]) {
  float sums[kRowsAtOnce][kLanes] = {};
  for (std::size_t col = 0; col < cols; ++col, x += width) {
    for (std::size_t row = 0; row < kRowsAtOnce; ++row) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) sums[row][lane] += rows[row][col] * x[lane];
    }
  }
  std::copy(&sums[0][0], &sums[0][0] + kRowsAtOnce * kLanes, &out[0][0]);
}

// matrix · x
Thin multiply(std::span<const float> matrix, const Thin& x, std::size_t n_rows, ThreadPool& pool) {
  Thin y(n_rows, x.width);
  pool.run((n_rows + kRowsAtOnce - 1) / kRowsAtOnce, [&](std::size_t task) {
    const std::size_t first = task * kRowsAtOnce, n = std::min(kRowsAtOnce, n_rows - first);
    const float* rows[kRowsAtOnce];  // the last one again where the matrix ends
    for (std::size_t i = 0; i < kRowsAtOnce; ++i) rows[i] = &matrix[(first + std::min(i, n - 1)) * x.length];
    for (std::size_t lane = 0; lane < x.width; lane += kLanes) {
      float tile[kRowsAtOnce][kLanes];
      multiply_tile(rows, x.length, &x.values[lane], x.width, tile);
      for (std::size_t i = 0; i < n; ++i) std::copy_n(tile[i], kLanes, &y.values[(first + i) * y.width + lane]);
    }
  });
  return y;
}

double dot(const float* x, const float* y, std::size_t n) {
  double sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += static_cast<double>(x[i + k]) * static_cast<double>(y[i + k]);
  }
  for (; i < n; ++i) sums[0] += static_cast<double>(x[i]) * static_cast<double>(y[i]);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Divides by the length; a vector of which less than rounding is left of `before` becomes zero.
void normalize(float* x, std::size_t n, double before) {
  const double length = std::sqrt(dot(x, x, n));
  const double factor = length > kNothing * before ? 1 / length : 0;
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(x[i] * factor);
}

// Makes the columns of x orthogonal and of length 1 (or 0) by Gram and Schmidt's way, twice: once leaves what rounding
// did.
void orthonormalize(Thin& x, ThreadPool& pool) {
  const std::size_t n = x.length;
  std::vector<float> columns = transposed(x.values, n, x.width, pool);
  for (int round = 0; round < 2; ++round) {
    std::vector<double> lengths(x.width);
    for (std::size_t i = 0; i < x.width; ++i) lengths[i] = std::sqrt(dot(&columns[i * n], &columns[i * n], n));
    for (std::size_t i = 0; i < x.width; ++i) {
      const float* basis = &columns[i * n];
      normalize(&columns[i * n], n, lengths[i]);
      pool.run(x.width - i - 1, [&](std::size_t task) {
        float* other = &columns[(i + 1 + task) * n];
        const auto share = static_cast<float>(dot(basis, other, n));
        for (std::size_t k = 0; k < n; ++k) other[k] -= share * basis[k];
      });
    }
  }
  x.values = transposed(columns, x.width, n, pool);
}

// xᵀ x, [width][width].
std::vector<double> gram(const Thin& x, ThreadPool& pool) {
  const std::vector<float> columns = transposed(x.values, x.length, x.width, pool);
  std::vector<double> products(x.width * x.width);
  pool.run(x.width, [&](std::size_t i) {
    for (std::size_t j = i; j < x.width; ++j) {
      const double product = dot(&columns[i * x.length], &columns[j * x.length], x.length);
      products[i * x.width + j] = products[j * x.width + i] = product;
    }
  });
  return products;
}

struct Subspace {
  Thin left;   // orthonormal columns Q, [rows]
  Thin right;  // matrixᵀ Q, [cols]: the matrix is nearly Q · rightᵀ
};

// Sums of squares are taken in double, and a matrix of floats can't make them overflow.
double energy_of(std::span<const float> values) { return dot(values.data(), values.data(), values.size()); }

Subspace find_subspace(std::span<const float> matrix, std::size_t rows, std::size_t cols, std::size_t width,
                       double energy, ThreadPool& pool) {
  const std::vector<float> turned = transposed(matrix, rows, cols, pool);
  Thin right(cols, width);
  Gaussian random;
  for (std::size_t row = 0; row < cols; ++row) {
    for (std::size_t i = 0; i < width; ++i) right.values[row * right.width + i] = random.next();
  }
  double found = 0;
  for (int step = 0;; ++step) {
    orthonormalize(right, pool);
    Thin left = multiply(matrix, right, rows, pool);
    orthonormalize(left, pool);
    right = multiply(turned, left, cols, pool);
    const double before = found;
    found = energy_of(right.values);
    if (found - before < kEnoughGained * energy || step + 1 == kMaxSteps) return {std::move(left), std::move(right)};
  }
}

// The thin matrix times the first columns of a rotation, each multiplied by a factor: [length][n_columns].
std::vector<float> rotated(const Thin& x, const SymmetricEigen& by, std::span<const double> factors, ThreadPool& pool) {
  std::vector<float> out(x.length * factors.size());
  pool.run(x.length, [&](std::size_t row) {
    for (std::size_t k = 0; k < factors.size(); ++k) {
      double sum = 0;
      for (std::size_t i = 0; i < x.width; ++i) {
        sum += static_cast<double>(x.values[row * x.width + i]) * by.vectors[k * x.width + i];
      }
      out[row * factors.size() + k] = static_cast<float>(sum * factors[k]);
    }
  });
  return out;
}

}  // namespace

LowRankFactors nearest_low_rank(std::span<const float> matrix, std::size_t rows, std::size_t cols, std::size_t rank,
                                ThreadPool& pool) {
  LowRankFactors out{.energy = energy_of(matrix)};
  if (out.energy == 0) return out;
  const std::size_t least = std::min(rows, cols);
  const Subspace found = find_subspace(matrix, rows, cols, std::min(2 * rank + kMoreThanRank, least), out.energy, pool);
  const SymmetricEigen eigen = symmetric_eigen(gram(found.right, pool), found.right.width);
  // The singular values are shared out evenly between the two factors.
  std::vector<double> to_a, to_b;
  for (std::size_t k = 0; k < std::min(rank, least) && eigen.values[k] > kNothing * kNothing * eigen.values[0]; ++k) {
    const double root = std::sqrt(std::sqrt(eigen.values[k]));
    to_a.push_back(1 / root);
    to_b.push_back(root);
    out.kept += eigen.values[k];
  }
  out.rank = to_a.size();
  out.kept = std::min(out.kept, out.energy);
  out.b = rotated(found.left, eigen, to_b, pool);
  out.a = transposed(rotated(found.right, eigen, to_a, pool), cols, out.rank, pool);
  return out;
}

}  // namespace minnow::formats
