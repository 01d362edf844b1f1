// vpdpbusd: 32 products and as many additions. It takes five cycles, and two of them begin in each: twelve chains never
// wait.
#include "kernels/register_loop.hpp"

#include <immintrin.h>

#include "kernels/avxvnni/avxvnni.hpp"

namespace minnow::kernels {
namespace {

constexpr int kChains = 12;

std::int32_t multiply_and_add(std::size_t turns) noexcept {
  __m256i sums[kChains];
  for (auto& sum : sums) sum = _mm256_setzero_si256();
  const __m256i codes = _mm256_set1_epi8(3);
  const __m256i activations = _mm256_set1_epi8(-5);
  for (std::size_t turn = 0; turn < turns; ++turn) {
#pragma GCC unroll 12
    for (auto& sum : sums) sum = _mm256_dpbusd_avx_epi32(sum, codes, activations);
  }
  for (int i = 1; i < kChains; ++i) sums[0] = _mm256_add_epi32(sums[0], sums[i]);
  std::int32_t lanes[8];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), sums[0]);
  std::int32_t total = 0;
  for (const std::int32_t lane : lanes) total += lane;
  return total;
}

}  // namespace

RegisterLoop avxvnni_integer_loop() noexcept { return {"vpdpbusd", kChains * 32.0 * 2, multiply_and_add}; }

}  // namespace minnow::kernels
