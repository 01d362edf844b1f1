#include "kernels/lanes/fill_table.hpp"
#include "kernels/scalar/lanes.hpp"
#include "kernels/scalar/scalar.hpp"

namespace minnow::kernels {

KernelTable scalar_kernels() noexcept {
  KernelTable table = float_operations<Lanes>(Isa::scalar, "scalar");
  add_scalar_quantized_products(table);
  table.integer_loop = scalar_integer_loop();
  return table;
}

}  // namespace minnow::kernels
