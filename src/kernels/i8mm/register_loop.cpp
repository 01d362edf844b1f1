// smmla: 32 products and as many additions.
#include "kernels/register_loop.hpp"

#include <arm_neon.h>

#include "kernels/i8mm/i8mm.hpp"

namespace minnow::kernels {
namespace {

constexpr int kChains = 16;

std::int32_t multiply_and_add(std::size_t turns) noexcept {
  int32x4_t sums[kChains];
  for (auto& sum : sums) sum = vdupq_n_s32(0);
  const int8x16_t codes = vdupq_n_s8(3);
  const int8x16_t activations = vdupq_n_s8(-5);
  for (std::size_t turn = 0; turn < turns; ++turn) {
#pragma GCC unroll 16
    for (auto& sum : sums) sum = vmmlaq_s32(sum, codes, activations);
  }
  for (int i = 1; i < kChains; ++i) sums[0] = vaddq_s32(sums[0], sums[i]);
  return vaddvq_s32(sums[0]);
}

}  // namespace

RegisterLoop i8mm_integer_loop() noexcept { return {"smmla", kChains * 32.0 * 2, multiply_and_add}; }

}  // namespace minnow::kernels
