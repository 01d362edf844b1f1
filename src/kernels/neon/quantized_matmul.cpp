#include "kernels/tiles/quantized_matmul.hpp"
#include "kernels/neon/neon.hpp"
#include "kernels/neon/tile.hpp"

namespace minnow::kernels {

void add_neon_quantized_products(KernelTable& table) noexcept { add_quantized_products<Tile>(table); }

const MatmulKernel& neon_quantized_product(numeric::Format format) noexcept { return quantized_product<Tile>(format); }

}  // namespace minnow::kernels
