#include "kernels/tiles/quantized_matmul.hpp"
#include "kernels/avx512/avx512.hpp"
#include "kernels/avx512/tile.hpp"

namespace minnow::kernels {

void add_avx512_quantized_products(KernelTable& table) noexcept { add_quantized_products<Tile>(table); }

const MatmulKernel& avx512_quantized_product(numeric::Format format) noexcept {
  return quantized_product<Tile>(format);
}

}  // namespace minnow::kernels
