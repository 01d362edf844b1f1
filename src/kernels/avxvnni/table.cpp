#include "kernels/avx2/avx2.hpp"
#include "kernels/avxvnni/avxvnni.hpp"

namespace minnow::kernels {

KernelTable avxvnni_kernels() noexcept {
  KernelTable table = avx2_kernels();
  table.isa = Isa::avxvnni;
  table.name = "avxvnni";
  add_avxvnni_quantized_products(table);
  table.integer_loop = avxvnni_integer_loop();
  return table;
}

}  // namespace minnow::kernels
