#include "kernels/amx/amx.hpp"
#include "kernels/avx512/avx512.hpp"

namespace minnow::kernels {

KernelTable amx_kernels() noexcept {
  KernelTable table = avx512_kernels();
  table.isa = Isa::amx;
  table.name = "amx";
  add_amx_quantized_products(table);
  table.integer_loop = amx_integer_loop();
  return table;
}

}  // namespace minnow::kernels
