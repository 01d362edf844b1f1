#include "kernels/avx512/avx512.hpp"
#include "kernels/avx512/lanes.hpp"
#include "kernels/lanes/fill_table.hpp"

namespace minnow::kernels {

KernelTable avx512_kernels() noexcept {
  KernelTable table = float_operations<Lanes>(Isa::avx512, "avx512");
  add_avx512_quantized_products(table);
  table.integer_loop = avx512_integer_loop();
  return table;
}

}  // namespace minnow::kernels
