#include "kernels/tiles/quantized_matmul.hpp"
#include "kernels/avxvnni/avxvnni.hpp"
#include "kernels/avxvnni/tile.hpp"

namespace minnow::kernels {

void add_avxvnni_quantized_products(KernelTable& table) noexcept { add_quantized_products<VnniTile>(table); }

}  // namespace minnow::kernels
