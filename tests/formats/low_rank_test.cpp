// As near as NumPy's truncated SVD comes, and the same bits for any number of threads.
#include "formats/low_rank.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "formats/symmetric_eigen.hpp"
#include "test_data.hpp"

namespace minnow::formats {
namespace {

struct GoldenMatrix {
  std::size_t rows, cols;
  std::vector<float> values;
  std::map<std::string, double> errors;  // by rank
};

GoldenMatrix golden_matrix(const std::string& name) {
  const auto folder = minnow::testing::golden("low_rank");
  const auto described = nlohmann::json::parse(read_file(folder / "errors.json"))[name];
  GoldenMatrix golden{described["rows"], described["cols"], {}, described["errors"]};
  const std::string bytes = read_file(folder / (name + ".f32"));
  golden.values.resize(golden.rows * golden.cols);
  EXPECT_EQ(bytes.size(), golden.values.size() * sizeof(float));
  std::memcpy(golden.values.data(), bytes.data(), bytes.size());
  return golden;
}

// The length of matrix - B A, divided by that of the matrix.
double error_of(const GoldenMatrix& matrix, const LowRankFactors& near) {
  double left = 0, all = 0;
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (std::size_t col = 0; col < matrix.cols; ++col) {
      const double value = matrix.values[row * matrix.cols + col];
      double sum = 0;
      for (std::size_t k = 0; k < near.rank; ++k) {
        sum += static_cast<double>(near.b[row * near.rank + k]) * static_cast<double>(near.a[k * matrix.cols + col]);
      }
      left += (value - sum) * (value - sum);
      all += value * value;
    }
  }
  return std::sqrt(left / all);
}

class LowRank : public ::testing::TestWithParam<std::string> {
 protected:
  ThreadPool pool_{2};
};

TEST_P(LowRank, ComesAsNearAsATruncatedSvd) {
  const GoldenMatrix matrix = golden_matrix(GetParam());
  for (const auto& [rank, expected] : matrix.errors) {
    const LowRankFactors near = nearest_low_rank(matrix.values, matrix.rows, matrix.cols, std::stoul(rank), pool_);
    const double error = error_of(matrix, near);
    EXPECT_NEAR(error, expected, 1e-3 * expected + 1e-6) << "rank " << rank;
    EXPECT_NEAR(1 - near.kept / near.energy, error * error, 1e-5) << "rank " << rank;
  }
}

TEST_P(LowRank, IsTheSameForAnyNumberOfThreads) {
  const GoldenMatrix matrix = golden_matrix(GetParam());
  ThreadPool one(1), many(5);
  const LowRankFactors first = nearest_low_rank(matrix.values, matrix.rows, matrix.cols, 8, one);
  const LowRankFactors second = nearest_low_rank(matrix.values, matrix.rows, matrix.cols, 8, many);
  EXPECT_EQ(first.a, second.a);
  EXPECT_EQ(first.b, second.b);
}

INSTANTIATE_TEST_SUITE_P(Golden, LowRank, ::testing::Values("noise", "tall", "wide", "rank3"));

TEST(LowRankOf, AMatrixOfLowerRankHasThatRank) {
  const GoldenMatrix matrix = golden_matrix("rank3");
  ThreadPool pool(1);
  EXPECT_EQ(nearest_low_rank(matrix.values, matrix.rows, matrix.cols, 20, pool).rank, 3u);
}

TEST(LowRankOf, NothingIsNothing) {
  ThreadPool pool(1);
  EXPECT_EQ(nearest_low_rank(std::vector<float>(12), 3, 4, 2, pool).rank, 0u);
}

TEST(LowRankOf, ARankAsLargeAsTheMatrixLosesNothing) {
  ThreadPool pool(1);
  const GoldenMatrix small{2, 3, {1, 2, 3, -4, 5, 0.5f}, {}};
  EXPECT_LT(error_of(small, nearest_low_rank(small.values, 2, 3, 100, pool)), 1e-6);
}

TEST(SymmetricEigen, FindsValuesAndVectorsOfAKnownMatrix) {
  const SymmetricEigen eigen = symmetric_eigen({2, 1, 0, 1, 2, 0, 0, 0, 5}, 3);
  ASSERT_EQ(eigen.values.size(), 3u);
  EXPECT_DOUBLE_EQ(eigen.values[0], 5);
  EXPECT_DOUBLE_EQ(eigen.values[1], 3);
  EXPECT_DOUBLE_EQ(eigen.values[2], 1);
  EXPECT_DOUBLE_EQ(std::fabs(eigen.vectors[2]), 1);
  EXPECT_NEAR(eigen.vectors[3] * eigen.vectors[4], 0.5, 1e-12);
}

}  // namespace
}  // namespace minnow::formats
