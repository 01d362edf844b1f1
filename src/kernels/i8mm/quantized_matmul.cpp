#include "kernels/i8mm/i8mm.hpp"
#include "kernels/i8mm/pair_product.hpp"
#include "kernels/neon/neon.hpp"

namespace minnow::kernels {
namespace {

// Fewer take no fewer instructions than with sdot (benchmarks/matmul_instructions.py).
constexpr std::size_t kFewestTokens = 4;

template <numeric::Format format>
void multiply(const MatmulArgs& args) noexcept {
  if (args.n_tokens < kFewestTokens) return neon_quantized_product(format).multiply(args);
  multiply_pairs<format>(args);
}

template <numeric::Format format>
constexpr MatmulKernel kKernel = {format, static_cast<std::size_t>(quantized_layout(format).block_values), Tile::kRows,
                                  multiply<format>};

}  // namespace

void add_i8mm_quantized_products(KernelTable& table) noexcept {
  using enum numeric::Format;
  for (const MatmulKernel* kernel :
       {&kKernel<q4_0>, &kKernel<q4_1>, &kKernel<q5_0>, &kKernel<q5_1>, &kKernel<q8_0>, &kKernel<iq4_nl>,
        &kKernel<q2_k>, &kKernel<q3_k>, &kKernel<q4_k>, &kKernel<q5_k>, &kKernel<q6_k>, &kKernel<iq4_xs>}) {
    table.matmul[static_cast<int>(kernel->format)] = kernel;
  }
}

}  // namespace minnow::kernels
