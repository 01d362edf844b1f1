#include "kernels/i8mm/i8mm.hpp"
#include "kernels/neon/neon.hpp"

namespace minnow::kernels {

KernelTable i8mm_kernels() noexcept {
  KernelTable table = neon_kernels();
  table.isa = Isa::i8mm;
  table.name = "i8mm";
  add_i8mm_quantized_products(table);
  table.integer_loop = i8mm_integer_loop();
  return table;
}

}  // namespace minnow::kernels
