#pragma once

#include "kernels/kernel_table.hpp"
#include "kernels/register_loop.hpp"

namespace minnow::kernels {

// AVX-512 for everything but the products of many tokens with quantized weights, and the same packed layouts.
// Call only where machine::cpu_features() says amx_int8, which also means that the system let this process in.
KernelTable amx_kernels() noexcept;
// The same with products of batches in bfloat16. Also needs amx_bf16.
KernelTable amx_fast_kernels() noexcept;
void add_amx_quantized_products(KernelTable& table) noexcept;
RegisterLoop amx_integer_loop() noexcept;
// Call only where machine::cpu_features() says amx_bf16 too.
RegisterLoop amx_bf16_loop() noexcept;

}  // namespace minnow::kernels
