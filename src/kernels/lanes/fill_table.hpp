// A KernelTable's float operations for one instruction set's Lanes; its quantized products come from elsewhere.
#pragma once

#include "kernels/kernel_table.hpp"
#include "kernels/lanes/attention.hpp"
#include "kernels/lanes/elementwise.hpp"
#include "kernels/lanes/float_matmul.hpp"
#include "kernels/lanes/norms.hpp"
#include "kernels/lanes/probability.hpp"
#include "kernels/lanes/quantize.hpp"
#include "kernels/matmul_kernel.hpp"

namespace minnow::kernels {
namespace {

template <class Lanes>
constexpr MatmulKernel kFloatKernels[] = {
    {numeric::Format::f32, 0, 0, multiply_floats<Lanes, float>},
    {numeric::Format::f16, 0, 0, multiply_floats<Lanes, Half>},
    {numeric::Format::bf16, 0, 0, multiply_floats<Lanes, Bfloat>},
};

template <class Lanes>
constexpr KernelTable float_operations(Isa isa, const char* name) {
  KernelTable table{};
  table.isa = isa;
  table.name = name;
  for (const MatmulKernel& kernel : kFloatKernels<Lanes>) table.matmul[static_cast<int>(kernel.format)] = &kernel;
  table.quantize = quantize<Lanes>;
  table.rms_norm = rms_norm<Lanes>;
  table.layer_norm = layer_norm<Lanes>;
  table.add = add<Lanes>;
  table.scale = scale<Lanes>;
  table.silu_gate = silu_gate<Lanes>;
  table.gelu_tanh_gate = gelu_tanh_gate<Lanes>;
  table.gelu_tanh = gelu_tanh<Lanes>;
  table.soft_cap = soft_cap<Lanes>;
  table.rope = rope<Lanes>;
  table.store_f16 = store_f16<Lanes>;
  table.attend = attend<Lanes>;
  table.log_sum_exp = log_sum_exp<Lanes>;
  table.divergence = divergence;
  return table;
}

}  // namespace
}  // namespace minnow::kernels
