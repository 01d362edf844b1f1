// The table every machine has, and the one the others are tested against.
#pragma once

#include "kernels/kernel_table.hpp"
#include "kernels/register_loop.hpp"

namespace minnow::kernels {

KernelTable scalar_kernels() noexcept;
void add_scalar_quantized_products(KernelTable& table) noexcept;
RegisterLoop scalar_integer_loop() noexcept;

}  // namespace minnow::kernels
