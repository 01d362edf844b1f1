#pragma once

#include "kernels/kernel_table.hpp"
#include "kernels/register_loop.hpp"

namespace minnow::kernels {

// Call only on a machine that has the instruction set: the functions are compiled for it.
KernelTable i8mm_kernels() noexcept;
void add_i8mm_quantized_products(KernelTable& table) noexcept;
RegisterLoop i8mm_integer_loop() noexcept;

}  // namespace minnow::kernels
