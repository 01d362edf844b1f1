#pragma once

#include "kernels/kernel_table.hpp"
#include "kernels/register_loop.hpp"

namespace minnow::kernels {

// Call only on a machine that has the instruction set: the functions are compiled for it.
KernelTable neon_kernels() noexcept;
void add_neon_quantized_products(KernelTable& table) noexcept;
const MatmulKernel& neon_quantized_product(numeric::Format format) noexcept;
RegisterLoop neon_integer_loop() noexcept;

}  // namespace minnow::kernels
