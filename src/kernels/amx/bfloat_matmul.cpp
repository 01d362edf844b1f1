#include "kernels/amx/amx.hpp"
#include "kernels/amx/bfloat_panels.hpp"

namespace minnow::kernels {
namespace {

// With fewer, turning weights into bfloats costs more than their products.
constexpr std::size_t kFewestTokens = 32;

void to_bfloats(const float* x, std::size_t n, std::uint16_t* y) noexcept {
  for (std::size_t i = 0; i < n; i += 32) _mm512_store_si512(y + i, load_bfloats(x + i, n - i));
}

template <numeric::Format format>
void multiply(const MatmulArgs& args) noexcept {
  multiply_panels<BfloatPanel<format>>(args);
}

using Multiply = void (*)(const MatmulArgs&) noexcept;
Multiply product_of(numeric::Format format) noexcept {
  using enum numeric::Format;
  switch (format) {
    case f32:
      return multiply<f32>;
    case f16:
      return multiply<f16>;
    case bf16:
      return multiply<bf16>;
    case q4_0:
      return multiply<q4_0>;
    case q4_1:
      return multiply<q4_1>;
    case q5_0:
      return multiply<q5_0>;
    case q5_1:
      return multiply<q5_1>;
    case q8_0:
      return multiply<q8_0>;
    case q2_k:
      return multiply<q2_k>;
    case q3_k:
      return multiply<q3_k>;
    case q4_k:
      return multiply<q4_k>;
    case q5_k:
      return multiply<q5_k>;
    case q6_k:
      return multiply<q6_k>;
    case iq4_nl:
      return multiply<iq4_nl>;
    case iq4_xs:
      return multiply<iq4_xs>;
  }
  return nullptr;
}

struct FastKernels {
  MatmulKernel of[numeric::kFormatCount];

  explicit FastKernels(const KernelTable& exact) {
    for (std::size_t f = 0; f < numeric::kFormatCount; ++f) {
      of[f] = *exact.matmul[f];
      of[f].multiply_bfloats = product_of(static_cast<numeric::Format>(f));
      of[f].batch_rows = kGroupRows;
    }
  }
};

}  // namespace

KernelTable amx_fast_kernels() noexcept {
  KernelTable table = amx_kernels();
  static const FastKernels kernels(table);
  for (std::size_t f = 0; f < numeric::kFormatCount; ++f) table.matmul[f] = &kernels.of[f];
  table.arithmetic = Arithmetic::fast;
  table.fast_tokens = kFewestTokens;
  table.to_bfloats = to_bfloats;
  table.bf16_loop = amx_bf16_loop();
  return table;
}

}  // namespace minnow::kernels
