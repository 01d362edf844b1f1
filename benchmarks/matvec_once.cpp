// One thread multiplies a small matrix of one format by one token's activations, as often as it is told to: for
// counting instructions (matvec_instructions.py), where a machine to take the time on isn't there.
//
//   matvec_once Q4_K 10        prints the bytes of the weights
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "kernels/matrix.hpp"

int main(int argc, char** argv) {
  using namespace minnow;
  constexpr std::size_t kRows = 64;
  constexpr std::size_t kCols = 2048;
  const auto format = argc == 3 ? numeric::format_from_name(argv[1]) : std::nullopt;
  if (!format) return std::fprintf(stderr, "usage: matvec_once FORMAT TIMES\n"), 2;
  ThreadPool pool(1);
  const std::vector<std::byte> bytes(kRows * numeric::row_bytes(*format, kCols), std::byte{0x2a});
  const kernels::KernelTable& kernels = kernels::active_kernels();
  const kernels::Matrix weights(kernels, *format, kRows, kCols, bytes, pool);
  const std::vector<float> x(kCols, 0.5f);
  std::vector<float> y(kRows);
  kernels::Activations activations(1, kCols);
  activations.set(x.data(), 1, kCols);
  for (int i = 0; i < std::atoi(argv[2]); ++i) kernels::matmul(kernels, activations, {{&weights, y.data()}}, pool);
  std::printf("%zu\n", bytes.size());
}
