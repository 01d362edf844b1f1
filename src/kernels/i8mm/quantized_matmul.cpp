#include "kernels/i8mm/i8mm.hpp"
#include "kernels/i8mm/pair_product.hpp"
#include "kernels/neon/neon.hpp"
#include "kernels/quantized_kernels.hpp"

namespace minnow::kernels {
namespace {

// Fewer take no fewer instructions than with sdot (benchmarks/matmul_instructions.py).
constexpr std::size_t kFewestTokens = 4;

template <numeric::Format format>
void multiply(const MatmulArgs& args) noexcept {
  if (args.n_tokens < kFewestTokens) return neon_quantized_product(format).multiply(args);
  multiply_pairs<format>(args);
}

struct Kernels {
  template <numeric::Format format>
  static constexpr MatmulKernel of = {format, static_cast<std::size_t>(quantized_layout(format).block_values),
                                      Tile::kRows, multiply<format>};
};

}  // namespace

void add_i8mm_quantized_products(KernelTable& table) noexcept { add_quantized_kernels<Kernels>(table); }

}  // namespace minnow::kernels
