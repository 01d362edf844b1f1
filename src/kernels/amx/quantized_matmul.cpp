#include "kernels/amx/amx.hpp"
#include "kernels/amx/blocks_of_256.hpp"
#include "kernels/amx/blocks_of_32.hpp"
#include "kernels/avx512/avx512.hpp"

namespace minnow::kernels {
namespace {

// Below, unpacking the weights for the matrix unit costs more than it saves: measured where the two took as long.
constexpr std::size_t fewest_tokens(numeric::Format format) {
  return quantized_layout(format).block_values == 256 ? 7 : 12;
}

template <numeric::Format format>
void multiply(const MatmulArgs& args) noexcept {
  if (args.n_tokens < fewest_tokens(format)) return avx512_quantized_product(format).multiply(args);
  if constexpr (quantized_layout(format).block_values == 256) {
    multiply_panels<PlanesPanel<format>>(args);
  } else {
    multiply_panels<BytesPanel<format>>(args);
  }
}

template <numeric::Format format>
constexpr MatmulKernel kKernel = {format,      static_cast<std::size_t>(quantized_layout(format).block_values),
                                  Tile::kRows, multiply<format>,
                                  nullptr,     kGroupRows};

}  // namespace

void add_amx_quantized_products(KernelTable& table) noexcept {
  using enum numeric::Format;
  for (const MatmulKernel* kernel :
       {&kKernel<q4_0>, &kKernel<q4_1>, &kKernel<q5_0>, &kKernel<q5_1>, &kKernel<q8_0>, &kKernel<iq4_nl>,
        &kKernel<q2_k>, &kKernel<q3_k>, &kKernel<q4_k>, &kKernel<q5_k>, &kKernel<q6_k>, &kKernel<iq4_xs>}) {
    table.matmul[static_cast<int>(kernel->format)] = kernel;
  }
}

}  // namespace minnow::kernels
