// Products with quantized weights, one row and one token at a time, straight from the definition in
// kernel_table.hpp: what every vector kernel must equal. Rows are read where the file has them.
#include "kernels/matmul_kernel.hpp"
#include "kernels/plain_block.hpp"
#include "kernels/quantized_kernels.hpp"
#include "kernels/scalar/scalar.hpp"
#include "numeric/blocks_iq4.hpp"
#include "numeric/half.hpp"

namespace minnow::kernels {
namespace {

struct BlockSums {
  std::int32_t scaled = 0;   // S
  std::int32_t minimum = 0;  // M
};

template <numeric::Format format>
void weight_integers(const PlainBlock& plain, std::int16_t* integers) {
  constexpr QuantizedLayout kLayout = quantized_layout(format);
  for (int v = 0; v < kLayout.block_values; ++v) {
    integers[v] = static_cast<std::int16_t>(kLayout.is_table ? numeric::kIq4Table[plain.codes[v] & 15]
                                                             : plain.codes[v] - kLayout.code_offset);
  }
}

template <numeric::Format format>
BlockSums sum_block(const PlainBlock& plain, const std::int16_t* integers, const std::int8_t* activations) {
  constexpr QuantizedLayout kLayout = quantized_layout(format);
  BlockSums sums;
  for (int group = 0; group < kLayout.groups(); ++group) {
    const int first = group * kLayout.group_values;
    std::int32_t dot = 0;
    std::int32_t sum = 0;
    for (int v = first; v < first + kLayout.group_values; ++v) {
      dot += integers[v] * activations[v];
      sum += activations[v];
    }
    sums.scaled += plain.sub_scales[group] * dot;
    sums.minimum += (kLayout.sub_scales == SubScales::none ? 1 : plain.sub_minimums[group]) * sum;
  }
  return sums;
}

// Adds one block of one row to every token's y.
template <numeric::Format format>
void add_block(const MatmulArgs& args, std::size_t row, std::size_t block, const std::byte* bytes) {
  constexpr QuantizedLayout kLayout = quantized_layout(format);
  constexpr auto kBlockValues = static_cast<std::size_t>(kLayout.block_values);
  PlainBlock plain;
  read_block(format, bytes, plain);
  std::int16_t integers[kBlockValues];
  weight_integers<format>(plain, integers);
  const float d = numeric::f16_to_f32(plain.d);
  const float minimum = numeric::f16_to_f32(plain.minimum);
  for (std::size_t token = 0; token < args.n_tokens; ++token) {
    const BlockSums sums =
        sum_block<format>(plain, integers, args.codes + token * args.code_stride + block * kBlockValues);
    const float scale = args.scales[token * (args.cols / kBlockValues) + block];
    float& y = args.y[token * args.y_stride + row];
    y = __builtin_fmaf(d * scale, static_cast<float>(sums.scaled), y);
    if (kLayout.has_minimum) {
      const float factor = kLayout.sub_scales == SubScales::none ? minimum * scale : -(minimum * scale);
      y = __builtin_fmaf(factor, static_cast<float>(sums.minimum), y);
    }
  }
}

template <numeric::Format format>
void multiply(const MatmulArgs& args) noexcept {
  const std::size_t block_bytes = numeric::info(format).block_bytes;
  const std::size_t n_blocks = args.cols / static_cast<std::size_t>(quantized_layout(format).block_values);
  const std::byte* bytes = args.weights;
  for (std::size_t row = 0; row < args.n_rows; ++row) {
    for (std::size_t token = 0; token < args.n_tokens; ++token) args.y[token * args.y_stride + row] = 0.0f;
    for (std::size_t block = 0; block < n_blocks; ++block, bytes += block_bytes) {
      add_block<format>(args, row, block, bytes);
    }
  }
}

struct Kernels {
  template <numeric::Format format>
  static constexpr MatmulKernel of = {format, static_cast<std::size_t>(quantized_layout(format).block_values), 0,
                                      multiply<format>};
};

}  // namespace

void add_scalar_quantized_products(KernelTable& table) noexcept { add_quantized_kernels<Kernels>(table); }

}  // namespace minnow::kernels
