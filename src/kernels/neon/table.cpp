#include "kernels/lanes/fill_table.hpp"
#include "kernels/neon/lanes.hpp"
#include "kernels/neon/neon.hpp"

namespace minnow::kernels {

KernelTable neon_kernels() noexcept {
  KernelTable table = float_operations<Lanes>(Isa::neon, "neon");
  add_neon_quantized_products(table);
  table.integer_loop = neon_integer_loop();
  return table;
}

}  // namespace minnow::kernels
