// Norms, activations, rotation and quantization of activations: against double precision, and each instruction
// set against the scalar twin.
#include <functional>
#include <limits>

#include "inputs.hpp"
#include "numeric/half.hpp"

namespace minnow::kernels {
namespace {

constexpr std::size_t kSizes[] = {1, 7, 8, 15, 16, 17, 33, 64, 100, 576};

// Inputs that reach every branch: ordinary numbers first, then what is rare.
std::vector<float> inputs(std::size_t n, std::uint64_t seed, float scale) {
  auto values = random_values(n, seed, scale);
  const float rare[] = {0.0f, -0.0f, 1e-42f, 88.5f, -88.5f, 1e30f, -1e30f, 0.55f, -0.55f};
  for (std::size_t i = 20; i < n; i += 3) values[i] = i / 3 % 2 == 0 ? values[i] : rare[i % std::size(rare)];
  return values;
}

// Calls operation(kernels) for the twin and for every other table and compares what it returns.
void expect_twins(const std::function<std::vector<float>(const KernelTable&)>& operation) {
  const auto expected = operation(kernels_for(Isa::scalar));
  for (const Isa isa : available_isas()) {
    EXPECT_TRUE(same_bits(operation(kernels_for(isa)), expected)) << kernels_for(isa).name;
  }
}

TEST(RmsNorm, AgreesWithDoublePrecisionAndOnEveryInstructionSet) {
  for (const std::size_t n : kSizes) {
    const auto x = random_values(n, n);
    const auto weight = random_values(n, n + 1);
    const auto run = [&](const KernelTable& kernels) {
      std::vector<float> y(n);
      kernels.rms_norm(x.data(), weight.data(), n, 1e-5f, y.data());
      return y;
    };
    expect_twins(run);
    double sum = 0;
    for (const float value : x) sum += static_cast<double>(value) * value;
    const auto y = run(kernels_for(Isa::scalar));
    for (std::size_t i = 0; i < n; ++i) {
      const double expected = x[i] / std::sqrt(sum / static_cast<double>(n) + 1e-5f) * weight[i];
      EXPECT_NEAR(y[i], expected, 1e-6 * std::fabs(expected));
    }
  }
}

TEST(RmsNorm, WorksInPlaceAndWithoutWeights) {
  auto x = random_values(40, 3);
  const auto ones = std::vector<float>(40, 1.0f);
  std::vector<float> expected(40);
  const KernelTable& kernels = kernels_for(available_isas().back());
  kernels.rms_norm(x.data(), ones.data(), 40, 1e-6f, expected.data());
  kernels.rms_norm(x.data(), nullptr, 40, 1e-6f, x.data());
  EXPECT_TRUE(same_bits(x, expected));
}

TEST(LayerNorm, AgreesWithDoublePrecisionAndOnEveryInstructionSet) {
  for (const std::size_t n : kSizes) {
    auto x = random_values(n, n);
    for (float& value : x) value += 3.0f;
    const auto weight = random_values(n, n + 1);
    const auto bias = random_values(n, n + 2);
    const auto run = [&](const KernelTable& kernels) {
      std::vector<float> y(n);
      kernels.layer_norm(x.data(), weight.data(), bias.data(), n, 1e-5f, y.data());
      return y;
    };
    expect_twins(run);
    double mean = 0;
    double variance = 0;
    for (const float value : x) mean += value / static_cast<double>(n);
    for (const float value : x) variance += (value - mean) * (value - mean) / static_cast<double>(n);
    const auto y = run(kernels_for(Isa::scalar));
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(y[i], (x[i] - mean) / std::sqrt(variance + 1e-5f) * weight[i] + bias[i], n == 1 ? 1e-3 : 2e-6);
    }
  }
}

// An operation on gate, up and y, and what it should be for one element.
struct Elementwise {
  const char* name;
  void (*run)(const KernelTable&, const std::vector<float>& a, const std::vector<float>& b, std::vector<float>& y);
  double (*expected)(double a, double b);
};

double gelu(double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }

constexpr Elementwise kOperations[] = {
    {"add",
     [](const KernelTable& k, const auto& a, const auto& b, auto& y) {
       y = b;
       k.add(a.data(), y.size(), y.data());
     },
     [](double a, double b) { return a + b; }},
    {"scale",
     [](const KernelTable& k, const auto& a, const auto&, auto& y) {
       y = a;
       k.scale(0.3f, y.size(), y.data());
     },
     [](double a, double) { return a * static_cast<double>(0.3f); }},
    {"silu_gate",
     [](const KernelTable& k, const auto& a, const auto& b, auto& y) {
       k.silu_gate(a.data(), b.data(), y.size(), y.data());
     },
     [](double a, double b) { return a / (1 + std::exp(-a)) * b; }},
    {"gelu_tanh_gate",
     [](const KernelTable& k, const auto& a, const auto& b, auto& y) {
       k.gelu_tanh_gate(a.data(), b.data(), y.size(), y.data());
     },
     [](double a, double b) { return gelu(a) * b; }},
    {"gelu_tanh",
     [](const KernelTable& k, const auto& a, const auto&, auto& y) {
       y = a;
       k.gelu_tanh(y.size(), y.data());
     },
     [](double a, double) { return gelu(a); }},
    {"soft_cap",
     [](const KernelTable& k, const auto& a, const auto&, auto& y) {
       y = a;
       k.soft_cap(30.0f, y.size(), y.data());
     },
     [](double a, double) { return 30 * std::tanh(a / 30); }},
};

TEST(Elementwise, AgreesWithDoublePrecisionAndOnEveryInstructionSet) {
  for (const Elementwise& operation : kOperations) {
    for (const std::size_t n : kSizes) {
      for (const float scale : {1.0f, 20.0f, 200.0f}) {
        const auto a = inputs(n, n, scale);
        const auto b = random_values(n, n + 1);
        const auto run = [&](const KernelTable& kernels) {
          std::vector<float> y(n);
          operation.run(kernels, a, b, y);
          return y;
        };
        SCOPED_TRACE(operation.name);
        expect_twins(run);
        const auto y = run(kernels_for(Isa::scalar));
        for (std::size_t i = 0; i < n; ++i) {
          if (std::fabs(a[i]) > 1e20f) continue;  // x³ overflows in float: only the bits matter
          const double expected = operation.expected(a[i], b[i]);
          EXPECT_NEAR(y[i], expected, 2e-6 * std::fabs(expected) + 1e-6) << a[i];
        }
      }
    }
  }
}

TEST(Elementwise, PassesNaNOn) {
  const float bad = std::numeric_limits<float>::quiet_NaN();
  for (const Isa isa : available_isas()) {
    for (const Elementwise& operation : kOperations) {
      std::vector<float> y(20);
      operation.run(kernels_for(isa), std::vector<float>(20, bad), std::vector<float>(20, 1.0f), y);
      for (const float value : y) EXPECT_TRUE(std::isnan(value)) << operation.name;
    }
  }
}

TEST(Rope, RotatesEachPairByItsAngle) {
  for (const bool interleaved : {false, true}) {
    for (const std::size_t n_pairs : {1, 4, 9, 16, 40}) {
      const auto head = random_values(2 * n_pairs, n_pairs);
      std::vector<float> cos_sin(2 * n_pairs);
      for (std::size_t i = 0; i < n_pairs; ++i) {
        cos_sin[i] = std::cos(static_cast<float>(i));
        cos_sin[i + n_pairs] = std::sin(static_cast<float>(i));
      }
      const auto run = [&](const KernelTable& kernels) {
        auto rotated = head;
        kernels.rope(cos_sin.data(), n_pairs, interleaved, rotated.data());
        return rotated;
      };
      expect_twins(run);
      const auto rotated = run(kernels_for(Isa::scalar));
      for (std::size_t i = 0; i < n_pairs; ++i) {
        const std::size_t first = interleaved ? 2 * i : i;
        const std::size_t second = interleaved ? 2 * i + 1 : i + n_pairs;
        const double angle = static_cast<double>(i);
        EXPECT_NEAR(rotated[first], head[first] * std::cos(angle) - head[second] * std::sin(angle), 1e-6);
        EXPECT_NEAR(rotated[second], head[first] * std::sin(angle) + head[second] * std::cos(angle), 1e-6);
      }
    }
  }
}

TEST(StoreF16, RoundsAsNumericDoes) {
  auto x = inputs(200, 8, 1.0f);
  Random random(4);
  for (std::size_t i = 0; i < x.size(); i += 2)
    x[i] = std::ldexp(random.value(), static_cast<int>(random.next() % 50) - 30);
  x[1] = 65519.99f;
  x[3] = 65520.0f;
  for (const Isa isa : available_isas()) {
    for (const std::size_t n : {5, 16, 200}) {
      std::vector<std::uint16_t> y(n);
      kernels_for(isa).store_f16(x.data(), n, y.data());
      for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(y[i], numeric::f32_to_f16(x[i])) << x[i];
    }
  }
}

TEST(Quantize, RoundsToTheNearestCodeTiesToEven) {
  for (const Isa isa : available_isas()) {
    std::vector<float> x(32, 0.0f);
    x[0] = 127.0f;
    x[1] = 2.5f;
    x[2] = 3.5f;
    x[3] = -2.5f;
    x[4] = -126.4f;
    std::vector<std::int8_t> codes(32);
    float scale = 0;
    std::int16_t sums_16[2];
    std::int16_t sum_32 = 0;
    kernels_for(isa).quantize(x.data(), 32, 32, {codes.data(), &scale, sums_16, &sum_32});
    EXPECT_EQ(scale, 1.0f);
    EXPECT_EQ(codes[0], 127);
    EXPECT_EQ(codes[1], 2);
    EXPECT_EQ(codes[2], 4);
    EXPECT_EQ(codes[3], -2);
    EXPECT_EQ(codes[4], -126);
    EXPECT_EQ(sums_16[0], 127 + 2 + 4 - 2 - 126);
    EXPECT_EQ(sums_16[1], 0);
    EXPECT_EQ(sum_32, sums_16[0]);
  }
}

}  // namespace
}  // namespace minnow::kernels
