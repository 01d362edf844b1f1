// vpmaddubsw, eight of whose results fit into 16 bits for 4-bit codes: eight of them with seven additions, then one
// vpmaddwd and one addition for all, which is the best the products of tile.hpp can do.
#include "kernels/register_loop.hpp"

#include <immintrin.h>

#include "kernels/avx2/avx2.hpp"

namespace minnow::kernels {
namespace {

constexpr int kChains = 4;
constexpr int kPairs = 8;

std::int32_t multiply_and_add(std::size_t turns) noexcept {
  __m256i sums[kChains];
  for (auto& sum : sums) sum = _mm256_setzero_si256();
  __m256i codes = _mm256_set1_epi8(3);
  const __m256i activations = _mm256_set1_epi8(-5);
  const __m256i ones = _mm256_set1_epi16(1);
  for (std::size_t turn = 0; turn < turns; ++turn) {
#pragma GCC unroll 4
    for (auto& sum : sums) {
      __m256i products = _mm256_setzero_si256();
#pragma GCC unroll 8
      for (int pair = 0; pair < kPairs; ++pair) {
        __asm__("" : "+x"(codes));  // or the compiler would notice that it is always the same product
        products = _mm256_add_epi16(products, _mm256_maddubs_epi16(codes, activations));
      }
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(products, ones));
    }
  }
  for (int i = 1; i < kChains; ++i) sums[0] = _mm256_add_epi32(sums[0], sums[i]);
  std::int32_t lanes[8];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), sums[0]);
  std::int32_t total = 0;
  for (const std::int32_t lane : lanes) total += lane;
  return total;
}

}  // namespace

RegisterLoop avx2_integer_loop() noexcept { return {"vpmaddubsw", kChains * kPairs * 32.0 * 2, multiply_and_add}; }

}  // namespace minnow::kernels
