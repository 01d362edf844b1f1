// The `fast` arithmetic: batches in bfloat16, held to double precision within what rounding to 8 bits allows.
#include "inputs.hpp"

namespace minnow::kernels {
namespace {

class FastMatmul : public ::testing::TestWithParam<Format> {
 protected:
  void SetUp() override {
    if (!has_kernels(Isa::amx) || kernels_for(Isa::amx, Arithmetic::fast).arithmetic != Arithmetic::fast) {
      GTEST_SKIP() << "this machine has no bfloat16 matrix unit";
    }
  }
  Format format_ = GetParam();
  ThreadPool pool_{2};
  std::size_t block_ = is_float(format_) ? 1 : numeric::info(format_).block_values;

  void expect_close(std::size_t rows, std::size_t cols, std::size_t tokens, float scale) {
    const auto weights = weights_of(format_, rows, cols, rows);
    const auto x = random_values(tokens * cols, cols, scale);
    const auto y = multiply(kernels_for(Isa::amx, Arithmetic::fast), format_, rows, cols, weights, x, pool_);
    const auto w = decoded(format_, weights, rows * cols);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const std::size_t token = i / rows;
      const std::size_t row = i % rows;
      double expected = 0;
      double magnitude = 0;
      for (std::size_t k = 0; k < cols; ++k) {
        const double product = static_cast<double>(w[row * cols + k]) * x[token * cols + k];
        expected += product;
        magnitude += std::fabs(product);
      }
      // Each factor is off by at most 2^-9 of itself.
      ASSERT_NEAR(y[i], expected, 0x1.1p-8 * magnitude)
          << rows << " x " << cols << ", row " << row << ", token " << token;
    }
  }
};

TEST_P(FastMatmul, IsWithinTheRoundingOfItsFactors) {
  for (const std::size_t rows : {1, 15, 16, 17, 37, 64}) expect_close(rows, 3 * 256, 33, 1.0f);
  for (const std::size_t tokens : {32, 47, 48, 49, 64, 67}) expect_close(19, 2 * 256, tokens, 1.0f);
  for (const std::size_t blocks : {1, 2, 3, 7}) expect_close(33, blocks * (block_ == 1 ? 23 : block_), 40, 1.0f);
  for (const float scale : {1e-10f, 1e10f}) expect_close(16, 256, 32, scale);
  expect_close(35, 2304, 515, 1.0f);
}

TEST_P(FastMatmul, LeavesFewTokensExact) {
  const KernelTable& fast = kernels_for(Isa::amx, Arithmetic::fast);
  const std::size_t cols = 512;
  const auto weights = weights_of(format_, 19, cols, 1);
  for (const std::size_t tokens : {std::size_t{1}, fast.fast_tokens - 1}) {
    const auto x = random_values(tokens * cols, tokens);
    EXPECT_TRUE(same_bits(multiply(fast, format_, 19, cols, weights, x, pool_),
                          multiply(kernels_for(Isa::scalar), format_, 19, cols, weights, x, pool_)));
  }
}

TEST_P(FastMatmul, TakesEitherFormOfTheSameActivations) {
  // int8 codes and bfloats share memory: one matrix asks for one form after the other.
  const std::size_t cols = 512;
  const std::size_t tokens = 40;
  const auto weights = weights_of(format_, 19, cols, 1);
  const auto x = random_values(tokens * cols, 2);
  const KernelTable& exact = kernels_for(Isa::amx);
  const KernelTable& fast = kernels_for(Isa::amx, Arithmetic::fast);
  const Matrix exact_matrix(exact, format_, 19, cols, weights, pool_);
  const Matrix fast_matrix(fast, format_, 19, cols, weights, pool_);
  Activations activations(tokens, cols);
  activations.set(x.data(), tokens, cols);
  std::vector<float> first(tokens * 19), between(tokens * 19), last(tokens * 19);
  matmul(exact, activations, {{&exact_matrix, first.data()}}, pool_);
  matmul(fast, activations, {{&fast_matrix, between.data()}}, pool_);
  matmul(exact, activations, {{&exact_matrix, last.data()}}, pool_);
  EXPECT_TRUE(same_bits(first, last));
  EXPECT_TRUE(same_bits(between, multiply(fast, format_, 19, cols, weights, x, pool_)));
  EXPECT_FALSE(same_bits(between, first));
}

INSTANTIATE_TEST_SUITE_P(All, FastMatmul, ::testing::ValuesIn(all_formats()),
                         [](const auto& test) { return std::string(numeric::info(test.param).name); });

TEST(FastKernels, AreTheExactOnesWhereNothingIsFaster) {
  for (const Isa isa : available_isas()) {
    const KernelTable& fast = kernels_for(isa, Arithmetic::fast);
    EXPECT_EQ(fast.isa, isa);
    if (isa != Isa::amx) {
      EXPECT_EQ(&fast, &kernels_for(isa));
    }
    EXPECT_EQ(kernels_for(isa).arithmetic, Arithmetic::exact);
    EXPECT_EQ(kernels_for(isa).fast_tokens, 0u);
  }
}

}  // namespace
}  // namespace minnow::kernels
