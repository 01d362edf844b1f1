#include "base/error.hpp"
#include "kernels/matrix.hpp"

namespace minnow::kernels {
namespace {

constexpr std::size_t kBlocks[] = {32, 256};
constexpr std::size_t kSmallestSum = 16;

std::size_t quantized_bytes(std::size_t max_tokens, std::size_t max_cols) {
  std::size_t bytes = padded_tokens(max_tokens) * bfloat_stride(max_cols);
  for (const std::size_t block : kBlocks) {
    bytes += padded_tokens(max_tokens) *
             (sizeof(float) * (max_cols / block) + sizeof(std::int16_t) * (max_cols / kSmallestSum + max_cols / 32));
  }
  return bytes;
}

void reserve(Activations::Quantized& quantized, std::size_t block, std::size_t max_tokens, std::size_t max_cols) {
  const std::size_t n_tokens = padded_tokens(max_tokens);
  quantized.scales = AlignedBuffer<float>(n_tokens * (max_cols / block));
  quantized.sums_16 = AlignedBuffer<std::int16_t>(n_tokens * (max_cols / kSmallestSum));
  quantized.sums_32 = AlignedBuffer<std::int16_t>(n_tokens * (max_cols / 32));
}

}  // namespace

Activations::Activations(std::size_t max_tokens, std::size_t max_cols)
    : capacity_(max_tokens * max_cols), codes_(padded_tokens(max_tokens) * bfloat_stride(max_cols)) {
  reserve(blocks_of_32_, 32, max_tokens, max_cols);
  reserve(blocks_of_256_, 256, max_tokens, max_cols);
  blocks_of_32_.codes = codes_.data();
  blocks_of_256_.codes = codes_.data() + codes_.size() / 2;
}

std::size_t Activations::size_bytes(std::size_t max_tokens, std::size_t max_cols) {
  return quantized_bytes(max_tokens, max_cols);
}

void Activations::set(const float* x, std::size_t n_tokens, std::size_t cols) {
  // Fewer and longer rows may need more padding than what was planned.
  const bool fits = n_tokens * cols <= capacity_ &&
                    padded_tokens(n_tokens) * (cols / 32) <= blocks_of_32_.scales.size() &&
                    padded_tokens(n_tokens) * (cols / 256) <= blocks_of_256_.scales.size() &&
                    padded_tokens(n_tokens) * bfloat_stride(cols) <= codes_.size();
  if (!fits) {
    fail(ErrorCode::internal, "{} rows of {} activations are more than the {} values planned", n_tokens, cols,
         capacity_);
  }
  values_ = x;
  n_tokens_ = n_tokens;
  cols_ = cols;
  blocks_of_32_.ready = false;
  blocks_of_256_.ready = false;
  bfloats_ready_ = false;
}

void Activations::each_token(ThreadPool& pool, FunctionRef<void(std::size_t)> task) const {
  // One token takes less time than waking the threads.
  constexpr std::size_t kFewValues = 32768;
  if (n_tokens_ * cols_ > kFewValues) return pool.run(n_tokens_, task);
  for (std::size_t token = 0; token < n_tokens_; ++token) task(token);
}

const std::uint16_t* Activations::bfloats(const KernelTable& kernels, ThreadPool& pool) {
  auto* bfloats = reinterpret_cast<std::uint16_t*>(codes_.data());
  if (bfloats_ready_) return bfloats;
  const std::size_t stride = bfloat_stride(cols_) / sizeof(std::uint16_t);
  each_token(pool,
             [&](std::size_t token) { kernels.to_bfloats(values_ + token * cols_, cols_, bfloats + token * stride); });
  blocks_of_32_.ready = false;
  blocks_of_256_.ready = false;
  bfloats_ready_ = true;
  return bfloats;
}

const Activations::Quantized& Activations::quantized(const KernelTable& kernels, std::size_t block_values,
                                                     ThreadPool& pool) {
  Quantized& quantized = block_values == 256 ? blocks_of_256_ : blocks_of_32_;
  if (quantized.ready) return quantized;
  each_token(pool, [&](std::size_t token) {
    kernels.quantize(
        values_ + token * cols_, cols_, block_values,
        {quantized.codes + token * code_stride(cols_), quantized.scales.data() + token * (cols_ / block_values),
         quantized.sums_16.data() + token * (cols_ / kSmallestSum), quantized.sums_32.data() + token * (cols_ / 32)});
  });
  bfloats_ready_ = false;
  quantized.ready = true;
  return quantized;
}

}  // namespace minnow::kernels
