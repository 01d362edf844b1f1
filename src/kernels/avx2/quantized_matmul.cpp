#include "kernels/tiles/quantized_matmul.hpp"
#include "kernels/avx2/avx2.hpp"
#include "kernels/avx2/tile.hpp"

namespace minnow::kernels {

void add_avx2_quantized_products(KernelTable& table) noexcept { add_quantized_products<Tile>(table); }

}  // namespace minnow::kernels
