#include "kernels/amx/amx.hpp"
#include "kernels/amx/blocks_of_256.hpp"
#include "kernels/amx/blocks_of_32.hpp"
#include "kernels/avx512/avx512.hpp"
#include "kernels/quantized_kernels.hpp"

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

struct Kernels {
  template <numeric::Format format>
  static constexpr MatmulKernel of = {format,      static_cast<std::size_t>(quantized_layout(format).block_values),
                                      Tile::kRows, multiply<format>,
                                      nullptr,     kGroupRows};
};

}  // namespace

void add_amx_quantized_products(KernelTable& table) noexcept { add_quantized_kernels<Kernels>(table); }

}  // namespace minnow::kernels
