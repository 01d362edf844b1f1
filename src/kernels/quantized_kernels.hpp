// The formats that every set of quantized products has a kernel for.
#pragma once

#include "kernels/kernel_table.hpp"
#include "kernels/matmul_kernel.hpp"

namespace minnow::kernels {
namespace {

// Puts Kernels::of<format> into the table for each of them.
template <class Kernels>
void add_quantized_kernels(KernelTable& table) {
  using enum numeric::Format;
  const MatmulKernel* const kernels[] = {
      &Kernels::template of<q4_0>, &Kernels::template of<q4_1>,   &Kernels::template of<q5_0>,
      &Kernels::template of<q5_1>, &Kernels::template of<q8_0>,   &Kernels::template of<q2_k>,
      &Kernels::template of<q3_k>, &Kernels::template of<q4_k>,   &Kernels::template of<q5_k>,
      &Kernels::template of<q6_k>, &Kernels::template of<iq4_nl>, &Kernels::template of<iq4_xs>};
  for (const MatmulKernel* kernel : kernels) table.matmul[static_cast<int>(kernel->format)] = kernel;
}

}  // namespace
}  // namespace minnow::kernels
