#include "kernels/avx2/avx2.hpp"
#include "kernels/avx2/lanes.hpp"
#include "kernels/lanes/fill_table.hpp"

namespace minnow::kernels {

KernelTable avx2_kernels() noexcept {
  KernelTable table = float_operations<Lanes>(Isa::avx2, "avx2");
  add_avx2_quantized_products(table);
  table.integer_loop = avx2_integer_loop();
  return table;
}

}  // namespace minnow::kernels
