// vpdpbusd: 64 products and as many additions. Its latency times its throughput is ten, so sixteen chains never wait.
#include "kernels/register_loop.hpp"

#include <immintrin.h>

#include "kernels/avx512/avx512.hpp"

namespace minnow::kernels {
namespace {

constexpr int kChains = 16;

std::int32_t multiply_and_add(std::size_t turns) noexcept {
  __m512i sums[kChains];
  for (auto& sum : sums) sum = _mm512_setzero_si512();
  const __m512i codes = _mm512_set1_epi8(3);
  const __m512i activations = _mm512_set1_epi8(-5);
  for (std::size_t turn = 0; turn < turns; ++turn) {
#pragma GCC unroll 16
    for (auto& sum : sums) sum = _mm512_dpbusd_epi32(sum, codes, activations);
  }
  for (int i = 1; i < kChains; ++i) sums[0] = _mm512_add_epi32(sums[0], sums[i]);
  return _mm512_reduce_add_epi32(sums[0]);
}

}  // namespace

RegisterLoop avx512_integer_loop() noexcept { return {"vpdpbusd", kChains * 64.0 * 2, multiply_and_add}; }

}  // namespace minnow::kernels
