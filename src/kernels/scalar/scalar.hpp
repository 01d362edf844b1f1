// The table every machine has, and the one the others are tested against.
#pragma once

#include "kernels/kernel_table.hpp"

namespace minnow::kernels {

KernelTable scalar_kernels() noexcept;
void add_scalar_quantized_products(KernelTable& table) noexcept;

}  // namespace minnow::kernels
