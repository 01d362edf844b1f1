// Products of 8-bit numbers as the compiler makes them for the plainest processor of the architecture.
#include "kernels/register_loop.hpp"

#include "kernels/scalar/scalar.hpp"

namespace minnow::kernels {
namespace {

constexpr int kValues = 64;

std::int32_t multiply_and_add(std::size_t turns) noexcept {
  std::int8_t codes[kValues];
  std::int8_t activations[kValues];
  for (int i = 0; i < kValues; ++i) {
    codes[i] = 3;
    activations[i] = -5;
  }
  std::uint32_t sum = 0;  // unsigned: it may wrap
  for (std::size_t turn = 0; turn < turns; ++turn) {
    __asm__("" : : "r"(codes), "r"(activations) : "memory");  // or the compiler would multiply once
    std::int32_t dot = 0;
    for (int i = 0; i < kValues; ++i) dot += codes[i] * activations[i];
    sum += static_cast<std::uint32_t>(dot);
  }
  return static_cast<std::int32_t>(sum);
}

}  // namespace

RegisterLoop scalar_integer_loop() noexcept { return {"plain C++", kValues * 2.0, multiply_and_add}; }

}  // namespace minnow::kernels
