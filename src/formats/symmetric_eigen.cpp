#include "formats/symmetric_eigen.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace minnow::formats {
namespace {

constexpr int kMaxSweeps = 40;  // it takes six to ten
constexpr double kRounding = 1e-15;

struct Rotation {
  double cosine, sine;
};

// The angle that makes the element (p, q) vanish, the smaller of the two (Golub and Van Loan, section 8.5).
Rotation rotation_of(double pp, double qq, double pq) {
  const double tau = (qq - pp) / (2 * pq);
  const double tangent = std::copysign(1.0, tau) / (std::fabs(tau) + std::sqrt(1 + tau * tau));
  const double cosine = 1 / std::sqrt(1 + tangent * tangent);
  return {cosine, tangent * cosine};
}

void rotate(double* x, double* y, std::size_t n, Rotation by) {
  for (std::size_t i = 0; i < n; ++i) {
    const double old = x[i];
    x[i] = by.cosine * old - by.sine * y[i];
    y[i] = by.sine * old + by.cosine * y[i];
  }
}

void rotate_columns(double* matrix, std::size_t p, std::size_t q, std::size_t n, Rotation by) {
  for (std::size_t i = 0; i < n; ++i) rotate(matrix + i * n + p, matrix + i * n + q, 1, by);
}

// One rotation per pair; false when there was nothing left to do.
bool sweep(std::vector<double>& a, std::vector<double>& vectors, std::size_t n) {
  bool rotated = false;
  for (std::size_t p = 0; p < n; ++p) {
    for (std::size_t q = p + 1; q < n; ++q) {
      const double pp = a[p * n + p], qq = a[q * n + q], pq = a[p * n + q];
      if (std::fabs(pq) <= kRounding * std::sqrt(std::fabs(pp) * std::fabs(qq)) || pq == 0) continue;
      const Rotation by = rotation_of(pp, qq, pq);
      rotate_columns(a.data(), p, q, n, by);
      rotate(&a[p * n], &a[q * n], n, by);
      rotate(&vectors[p * n], &vectors[q * n], n, by);
      rotated = true;
    }
  }
  return rotated;
}

}  // namespace

SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t size) {
  std::vector<double> vectors(size * size, 0.0);
  for (std::size_t i = 0; i < size; ++i) vectors[i * size + i] = 1;
  for (int i = 0; i < kMaxSweeps && sweep(matrix, vectors, size); ++i) {
  }
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return matrix[i * size + i]; });
  SymmetricEigen sorted;
  for (const std::size_t i : order) {
    sorted.values.push_back(matrix[i * size + i]);
    const double* vector = &vectors[i * size];
    sorted.vectors.insert(sorted.vectors.end(), vector, vector + size);
  }
  return sorted;
}

}  // namespace minnow::formats
