// One thread multiplies a small matrix of one format by the activations of some tokens, as often as it is told to: for
// counting instructions (matmul_instructions.py), where a machine to take the time on isn't there.
//
//   matmul_once Q4_K 1 10      one token, ten times; prints the bytes of the weights
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "kernels/matrix.hpp"

int main(int argc, char** argv) {
  using namespace minnow;
  constexpr std::size_t kRows = 64;
  constexpr std::size_t kCols = 2048;
  const auto format = argc == 4 ? numeric::format_from_name(argv[1]) : std::nullopt;
  const auto tokens = static_cast<std::size_t>(argc == 4 ? std::atoi(argv[2]) : 0);
  if (!format || tokens < 1 || tokens > 1024) {
    return std::fprintf(stderr, "usage: matmul_once FORMAT TOKENS TIMES\n"), 2;
  }
  ThreadPool pool(1);
  const std::vector<std::byte> bytes(kRows * numeric::row_bytes(*format, kCols), std::byte{0x2a});
  const kernels::KernelTable& kernels = kernels::active_kernels();
  const kernels::Matrix weights(kernels, *format, kRows, kCols, bytes, pool);
  const std::vector<float> x(tokens * kCols, 0.5f);
  std::vector<float> y(tokens * kRows);
  kernels::Activations activations(tokens, kCols);
  activations.set(x.data(), tokens, kCols);
  for (int i = 0; i < std::atoi(argv[3]); ++i) kernels::matmul(kernels, activations, {{&weights, y.data()}}, pool);
  std::printf("%zu\n", bytes.size());
}
