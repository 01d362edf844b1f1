// Mean and one standard error of numbers added one by one; the same bits for the same order.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace minnow::evaluation {

class Mean {
 public:
  void add(double value) {
    sum_ += value;
    squares_ += value * value;
    ++n_;
  }
  std::size_t n() const { return n_; }
  double mean() const { return n_ == 0 ? 0 : sum_ / static_cast<double>(n_); }
  double error() const {
    if (n_ < 2) return 0;
    const double variance = std::max(0.0, squares_ / static_cast<double>(n_) - mean() * mean());
    return std::sqrt(variance / static_cast<double>(n_ - 1));
  }

 private:
  double sum_ = 0, squares_ = 0;
  std::size_t n_ = 0;
};

}  // namespace minnow::evaluation
