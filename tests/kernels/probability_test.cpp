// Sums over a vocabulary against a wider type, and each instruction set against the scalar twin.
#include <bit>
#include <limits>

#include "inputs.hpp"

namespace minnow::kernels {
namespace {

constexpr std::size_t kSizes[] = {1, 7, 16, 17, 33, 1000, 4099};
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

long double true_log_sum_exp(const std::vector<float>& x) {
  const long double largest = *std::max_element(x.begin(), x.end());
  long double sum = 0;
  for (const float value : x) sum += std::exp(value - largest);
  return largest + std::log(sum);
}

// What every table's operation gives; the scalar twin's, once all agree.
template <class Operation>
double agreed(const Operation& operation) {
  const double expected = operation(kernels_for(Isa::scalar));
  for (const Isa isa : available_isas()) {
    const double found = operation(kernels_for(isa));
    EXPECT_EQ(std::bit_cast<std::uint64_t>(found), std::bit_cast<std::uint64_t>(expected)) << kernels_for(isa).name;
  }
  return expected;
}

double log_sum_exp_of(const std::vector<float>& x) {
  return agreed([&](const KernelTable& kernels) { return kernels.log_sum_exp(x.data(), x.size()); });
}

TEST(LogSumExp, AgreesWithAWiderTypeAndOnEveryInstructionSet) {
  for (const std::size_t n : kSizes) {
    for (const float scale : {0.01f, 1.0f, 30.0f, 1000.0f}) {
      auto x = random_values(n, n, scale);
      if (n > 7) x[3] = -kInfinity;
      if (n > 7) x[5] = -1e30f;
      const auto truth = static_cast<double>(true_log_sum_exp(x));
      EXPECT_NEAR(log_sum_exp_of(x), truth, 4e-16 * std::fabs(truth) + 1e-14) << n << " " << scale;
    }
  }
}

TEST(LogSumExp, HoldsForNumbersOfAnySize) {
  std::vector<float> x(40, 1e30f);
  EXPECT_DOUBLE_EQ(log_sum_exp_of(x), static_cast<double>(1e30f));
  x.assign(40, -3e38f);
  x[17] = 3e38f;
  EXPECT_EQ(log_sum_exp_of(x), static_cast<double>(3e38f));
  x.assign(40, -3e38f);
  EXPECT_EQ(log_sum_exp_of(x), static_cast<double>(-3e38f));
}

TEST(LogSumExp, IsNotANumberWhereThereAreNoProbabilities) {
  for (const Isa isa : available_isas()) {
    const KernelTable& kernels = kernels_for(isa);
    for (const std::size_t n : kSizes) {
      for (const float damage : {kNaN, -kNaN, kInfinity}) {
        for (const std::size_t at : {std::size_t{0}, n / 2, n - 1}) {
          auto x = random_values(n, n);
          x[at] = damage;
          EXPECT_TRUE(std::isnan(kernels.log_sum_exp(x.data(), n))) << kernels.name << " " << n << " " << at;
        }
      }
      const std::vector<float> nothing(n, -kInfinity);
      EXPECT_TRUE(std::isnan(kernels.log_sum_exp(nothing.data(), n))) << kernels.name << " " << n;
    }
  }
}

struct Distributions {
  std::vector<float> log_p;
  std::vector<float> logits;
  double normalizer;

  Distributions(std::size_t n, float scale) : log_p(random_values(n, n, scale)), logits(log_p) {
    const auto noise = random_values(n, n + 1, 0.1f);
    for (std::size_t i = 0; i < n; ++i) logits[i] += noise[i];
    const auto of_p = static_cast<float>(true_log_sum_exp(log_p));
    for (float& value : log_p) value -= of_p;
    normalizer = static_cast<double>(true_log_sum_exp(logits));
  }
  double divergence() const {
    return agreed([&](const KernelTable& kernels) {
      return kernels.divergence(log_p.data(), logits.data(), normalizer, log_p.size());
    });
  }
};

TEST(Divergence, AgreesWithAWiderTypeAndOnEveryInstructionSet) {
  for (const std::size_t n : kSizes) {
    for (const float scale : {0.01f, 1.0f, 30.0f}) {
      const Distributions given(n, scale);
      long double truth = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const long double log_p = given.log_p[i];
        truth += std::exp(log_p) * (log_p - (given.logits[i] - static_cast<long double>(given.normalizer)));
      }
      EXPECT_NEAR(given.divergence(), static_cast<double>(truth), 1e-14) << n << " " << scale;
    }
  }
}

TEST(Divergence, ProbabilitiesOfZeroAddNothing) {
  Distributions given(100, 3.0f);
  const double without = given.divergence();
  given.log_p.resize(150, -kInfinity);
  given.logits.resize(150, -kInfinity);
  given.logits[120] = -4.0f;
  EXPECT_NEAR(given.divergence(), without, 1e-14);
}

TEST(Divergence, IsVastWhereSomethingProbableBecameImpossible) {
  Distributions given(100, 3.0f);
  given.logits[50] = -kInfinity;
  EXPECT_GT(given.divergence(), 1e30);
}

}  // namespace
}  // namespace minnow::kernels
