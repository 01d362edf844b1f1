// Every format's products on every instruction set this machine has, held to the scalar twin bit for bit.
#include <limits>

#include "inputs.hpp"
#include "minnow/error.hpp"

namespace minnow::kernels {
namespace {

// Enough for a kernel that does something else with a few.
constexpr std::size_t kManyTokens = 19;

class Matmul : public ::testing::TestWithParam<FormatOnIsa> {
 protected:
  const KernelTable& kernels_ = kernels_for(GetParam().isa);
  const KernelTable& scalar_ = kernels_for(Isa::scalar);
  Format format_ = GetParam().format;
  ThreadPool pool_{2};
  std::size_t block_ = is_float(format_) ? 32 : numeric::info(format_).block_values;

  void expect_twin(std::size_t rows, std::size_t cols, const std::vector<std::byte>& weights,
                   const std::vector<float>& x) {
    EXPECT_TRUE(same_bits(multiply(kernels_, format_, rows, cols, weights, x, pool_),
                          multiply(scalar_, format_, rows, cols, weights, x, pool_)))
        << rows << " rows of " << cols;
  }
};

TEST_P(Matmul, EqualsTheScalarTwinForEveryNumberOfRowsAndBlocks) {
  for (const std::size_t rows : {1, 3, 4, 8, 15, 16, 17, 37}) {
    for (const std::size_t blocks : {1, 2, 5}) {
      const std::size_t cols = blocks * block_;
      const auto weights = weights_of(format_, rows, cols, rows + blocks);
      expect_twin(rows, cols, weights, random_values(2 * cols, rows));
      expect_twin(rows, cols, weights, random_values(kManyTokens * cols, rows));
    }
  }
}

TEST_P(Matmul, EqualsTheScalarTwinForEveryNumberOfTokens) {
  const std::size_t cols = 2 * block_;
  const auto weights = weights_of(format_, 19, cols, 3);
  for (std::size_t tokens = 1; tokens <= 67; ++tokens) {
    expect_twin(19, cols, weights, random_values(tokens * cols, tokens));
  }
}

TEST_P(Matmul, EqualsTheScalarTwinBeyondWhatAKernelTakesAtOnce) {
  const std::size_t cols = 2304;
  const std::size_t tokens = 515;
  expect_twin(49, cols, weights_of(format_, 49, cols, 13), random_values(tokens * cols, 14));
}

TEST_P(Matmul, EqualsTheScalarTwinOnExtremeActivations) {
  const std::size_t cols = 4 * block_;
  const auto weights = weights_of(format_, 20, cols, 5);
  const float largest = std::numeric_limits<float>::max();
  for (const float scale : {0.0f, -0.0f, 1e-45f, 1e-40f, 0x1p-120f, 0x1.fp-121f, 1e-30f, 1e30f, largest}) {
    for (const std::size_t tokens : {std::size_t{3}, kManyTokens}) {
      expect_twin(20, cols, weights, random_values(tokens * cols, 9, scale));
      expect_twin(20, cols, weights, std::vector<float>(tokens * cols, scale));
      expect_twin(20, cols, weights, std::vector<float>(tokens * cols, -scale));
    }
  }
  auto mixed = random_values(kManyTokens * cols, 11);
  for (std::size_t i = 0; i < block_; ++i) mixed[i + block_] = i % 2 == 0 ? -0.0f : 0.0f;
  mixed[0] = largest;
  mixed[cols - 1] = 1e-42f;
  expect_twin(20, cols, weights, mixed);
}

TEST_P(Matmul, GivesNaNForTheTokenThatIsNotFiniteAndLeavesTheOthersAlone) {
  const std::size_t cols = 2 * block_;
  const auto weights = random_blocks(format_, 18, cols, 5, kPlainScales);
  if (is_float(format_)) GTEST_SKIP() << "float weights follow IEEE";
  const std::size_t tokens = GetParam().isa == Isa::amx ? kManyTokens : 3;
  const auto good = random_values(tokens * cols, 11);
  const auto expected = multiply(kernels_, format_, 18, cols, weights, good, pool_);
  for (const float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()}) {
    auto x = good;
    x[cols + block_ + 1] = bad;
    const auto y = multiply(kernels_, format_, 18, cols, weights, x, pool_);
    for (std::size_t row = 0; row < 18; ++row) {
      EXPECT_EQ(y[row], expected[row]);
      EXPECT_TRUE(std::isnan(y[18 + row])) << row;
      EXPECT_EQ(y[36 + row], expected[36 + row]);
    }
  }
}

TEST_P(Matmul, EqualsTheScalarTwinOnExtremeBlocks) {
  if (is_float(format_)) GTEST_SKIP() << "float weights have no blocks";
  const std::size_t cols = 3 * block_;
  const auto x = random_values(kManyTokens * cols, 21);
  const std::vector<float> saturated(kManyTokens * cols, -1.0f);  // every code -127
  expect_twin(21, cols, random_blocks(format_, 21, cols, 7, kExtremeScales), x);
  for (const int byte : {0x00, 0xff, 0x80, 0x7f, 0x55}) {
    for (const std::uint16_t scale : kExtremeScales) {
      auto weights = random_blocks(format_, 21, cols, 8, {scale});
      const std::size_t block_bytes = numeric::info(format_).block_bytes;
      const ScaleOffsets offsets = scale_offsets(format_);
      for (std::size_t i = 0; i < weights.size(); ++i) {
        const int in_block = static_cast<int>(i % block_bytes);
        const bool is_scale = in_block / 2 * 2 == offsets.first || in_block / 2 * 2 == offsets.second;
        if (!is_scale) weights[i] = static_cast<std::byte>(byte);
      }
      expect_twin(21, cols, weights, x);
      expect_twin(21, cols, weights, saturated);
    }
  }
}

TEST_P(Matmul, GivesTheSameBitsForAnyNumberOfThreadsAndTokensTogether) {
  const std::size_t cols = 4 * block_;
  const std::size_t rows = 133;
  const auto weights = weights_of(format_, rows, cols, 31);
  const auto x = random_values(13 * cols, 32);
  const auto together = multiply(kernels_, format_, rows, cols, weights, x, pool_);
  for (const std::size_t threads : {1, 5}) {
    ThreadPool pool(threads);
    EXPECT_TRUE(same_bits(multiply(kernels_, format_, rows, cols, weights, x, pool), together)) << threads;
  }
  for (std::size_t token = 0; token < 13; ++token) {
    const auto at = static_cast<std::ptrdiff_t>(token);
    const auto width = static_cast<std::ptrdiff_t>(cols);
    const std::vector<float> one(x.begin() + at * width, x.begin() + (at + 1) * width);
    const std::vector<float> expected(together.begin() + at * static_cast<std::ptrdiff_t>(rows),
                                      together.begin() + (at + 1) * static_cast<std::ptrdiff_t>(rows));
    EXPECT_TRUE(same_bits(multiply(kernels_, format_, rows, cols, weights, one, pool_), expected)) << token;
  }
}

TEST_P(Matmul, DecodesARowAsTheFormatDoes) {
  const std::size_t cols = 3 * block_;
  for (const auto& scales : {kPlainScales, kExtremeScales}) {
    const auto weights =
        is_float(format_) ? weights_of(format_, 21, cols, 41) : random_blocks(format_, 21, cols, 41, scales);
    std::vector<float> expected(21 * cols);
    numeric::decode(format_, weights, expected);
    const Matrix matrix(kernels_, format_, 21, cols, weights, pool_);
    std::vector<float> decoded(21 * cols);
    for (std::size_t row = 0; row < 21; ++row) matrix.decode_row(row, decoded.data() + row * cols);
    EXPECT_TRUE(same_bits(decoded, expected));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Matmul, ::testing::ValuesIn(formats_on_isas()), name_of);

// The twin itself, against weights as numbers and activations as their int8 codes say, in double precision.
class ScalarMatmul : public ::testing::TestWithParam<Format> {};

TEST_P(ScalarMatmul, AgreesWithDoublePrecision) {
  const Format format = GetParam();
  const KernelTable& kernels = kernels_for(Isa::scalar);
  ThreadPool pool(1);
  const std::size_t rows = 9;
  const std::size_t cols = 1024;
  const std::size_t block = numeric::info(format).block_values;
  const auto weights = weights_of(format, rows, cols, 51);
  std::vector<float> w(rows * cols);
  numeric::decode(format, weights, w);
  const auto x = random_values(cols, 52);
  std::vector<double> rounded(x.begin(), x.end());
  if (block > 1) {
    std::vector<std::int8_t> codes(cols);
    std::vector<float> scales(cols / block);
    std::vector<std::int16_t> sums(cols / 16 + cols / 32);
    kernels.quantize(x.data(), cols, block, {codes.data(), scales.data(), sums.data(), sums.data() + cols / 16});
    for (std::size_t i = 0; i < cols; ++i) rounded[i] = static_cast<double>(codes[i]) * scales[i / block];
  }
  const auto y = multiply(kernels, format, rows, cols, weights, x, pool);
  for (std::size_t row = 0; row < rows; ++row) {
    double expected = 0;
    double magnitude = 0;
    for (std::size_t i = 0; i < cols; ++i) {
      expected += w[row * cols + i] * rounded[i];
      magnitude += std::fabs(w[row * cols + i] * rounded[i]);
    }
    EXPECT_NEAR(y[row], expected, 1e-6 * magnitude) << row;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ScalarMatmul, ::testing::ValuesIn(all_formats()),
                         [](const auto& test) { return std::string(numeric::info(test.param).name); });

TEST(MatmulOfSeveral, GivesEachProductItsOwnResult) {
  ThreadPool pool(3);
  const KernelTable& kernels = kernels_for(available_isas().back());
  const std::size_t cols = 512;
  const auto x = random_values(3 * cols, 61);
  const Format formats[] = {Format::q4_k, Format::q8_0, Format::f16, Format::q6_k};
  const std::size_t rows[] = {70, 33, 17, 200};
  std::vector<std::vector<std::byte>> weights;
  std::vector<Matrix> matrices;
  std::vector<std::vector<float>> results;
  for (std::size_t i = 0; i < 4; ++i) {
    weights.push_back(weights_of(formats[i], rows[i], cols, 70 + i));
    matrices.emplace_back(kernels, formats[i], rows[i], cols, weights[i], pool);
    results.emplace_back(3 * rows[i]);
  }
  Activations activations(3, cols);
  activations.set(x.data(), 3, cols);
  matmul(kernels, activations,
         {{&matrices[0], results[0].data()},
          {&matrices[1], results[1].data()},
          {&matrices[2], results[2].data()},
          {&matrices[3], results[3].data()}},
         pool);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(same_bits(results[i], multiply(kernels, formats[i], rows[i], cols, weights[i], x, pool))) << i;
  }
}

TEST(Matrix, RefusesRowsThatAreNotWholeBlocksAndDataOfAnotherSize) {
  ThreadPool pool(1);
  const KernelTable& kernels = kernels_for(Isa::scalar);
  const std::vector<std::byte> data(1000);
  EXPECT_THROW(Matrix(kernels, Format::q4_k, 1, 128, std::span(data).first(72), pool), Error);
  EXPECT_THROW(Matrix(kernels, Format::q8_0, 2, 32, std::span(data).first(67), pool), Error);
  EXPECT_THROW(Matrix(kernels, Format::f32, SIZE_MAX / 8, 32, data, pool), Error);
}

TEST(Activations, RefusesMoreThanWasPlanned) {
  Activations activations(2, 64);
  const std::vector<float> x(256);
  EXPECT_NO_THROW(activations.set(x.data(), 4, 32));
  EXPECT_THROW(activations.set(x.data(), 3, 64), Error);
}

// 64 rows of 480 have room for 64 blocks of 256, and 32 rows of 768 need 96.
TEST(Activations, RefusesFewerRowsOfMoreBlocks) {
  Activations activations(64, 480);
  const std::vector<float> x(32 * 768);
  EXPECT_THROW(activations.set(x.data(), 32, 768), Error);
}

TEST(Activations, KeepsThePlannedNumberOfBytes) {
  EXPECT_EQ(Activations::size_bytes(2, 256), 32 * (2 * (256 + 64) + 64 + 4 * (8 + 1) + 2 * 2 * (16 + 8)));
}

}  // namespace
}  // namespace minnow::kernels
