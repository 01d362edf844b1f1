// Spreads matrix products over threads: the rows of all products are cut into tasks of about equal work.
#include <algorithm>

#include "kernels/matmul_kernel.hpp"
#include "kernels/matrix.hpp"

namespace minnow::kernels {
namespace {

constexpr std::size_t kLeastTaskBytes = 16 * 1024;
constexpr std::size_t kUnpackedRows = 16;

// How the rows of products that share their activations are cut into tasks, each a multiple of its kernel's tile.
class TaskRows {
 public:
  TaskRows(std::span<const Product> products, std::size_t n_tokens, std::size_t n_threads, const WorkSplit& split)
      : is_batch_(n_tokens > 1) {
    std::size_t rows = 0;
    std::size_t bytes = 0;
    for (const Product& product : products) {
      rows += product.weights->rows();
      bytes += product.weights->size_bytes();
    }
    bytes_ = std::max(kLeastTaskBytes, bytes / (n_threads * split.tasks_per_thread));
    if (is_batch_) bytes_ = std::min(bytes_, split.batch_task_bytes);
    rows_ = rows / (n_threads * split.batch_tasks_per_thread);
  }

  std::size_t of(const Matrix& weights) const {
    const MatmulKernel& kernel = weights.kernel();
    const std::size_t row_tile = kernel.row_tile == 0 ? kUnpackedRows : kernel.row_tile;
    std::size_t rows =
        bytes_ / std::max<std::size_t>(1, weights.size_bytes() / std::max<std::size_t>(1, weights.rows()));
    if (is_batch_ && kernel.batch_rows != 0) rows = std::min(kernel.batch_rows, rows_);
    return std::max<std::size_t>(1, rows / row_tile) * row_tile;
  }

 private:
  bool is_batch_;
  std::size_t bytes_;
  std::size_t rows_;
};

// The activations in the form the products take.
struct Operand {
  const Activations::Quantized* quantized = nullptr;
  const std::uint16_t* bfloats = nullptr;
};

Operand operand(const KernelTable& kernels, const Matrix& weights, Activations& x, ThreadPool& pool) {
  if (kernels.fast_tokens != 0 && x.n_tokens() >= kernels.fast_tokens) return {.bfloats = x.bfloats(kernels, pool)};
  const std::size_t block = weights.kernel().activation_block;
  if (block == 0) return {};
  return {.quantized = &x.quantized(kernels, block, pool)};
}

void run_task(const Matrix& weights, const Activations& x, const Operand& operand, float* y, std::size_t first_row,
              std::size_t n_rows) {
  MatmulArgs args{};
  args.weights = weights.rows_from(first_row);
  args.n_rows = std::min(n_rows, weights.rows() - first_row);
  args.cols = weights.cols();
  args.n_tokens = x.n_tokens();
  args.values = x.values();
  if (const Activations::Quantized* quantized = operand.quantized; quantized != nullptr) {
    args.codes = quantized->codes;
    args.code_stride = code_stride(args.cols);
    args.scales = quantized->scales.data();
    args.sums_16 = quantized->sums_16.data();
    args.sums_32 = quantized->sums_32.data();
  }
  if (operand.bfloats != nullptr) {
    args.bfloats = operand.bfloats;
    args.code_stride = bfloat_stride(args.cols);
  }
  args.y = y + first_row;
  args.y_stride = weights.rows();
  operand.bfloats != nullptr ? weights.kernel().multiply_bfloats(args) : weights.kernel().multiply(args);
}

}  // namespace

void matmul(const KernelTable& kernels, Activations& x, std::span<const Product> products, ThreadPool& pool,
            const WorkSplit& split) {
  const TaskRows task_rows(products, x.n_tokens(), pool.size(), split);
  const auto tasks_of = [&](const Product& product) {
    const std::size_t rows = task_rows.of(*product.weights);
    return (product.weights->rows() + rows - 1) / rows;
  };
  std::size_t n_tasks = 0;
  for (const Product& product : products) {
    n_tasks += tasks_of(product);
    operand(kernels, *product.weights, x, pool);
  }
  pool.run(n_tasks, [&](std::size_t task) {
    const Product* product = products.data();
    for (std::size_t n = tasks_of(*product); task >= n; n = tasks_of(*product)) {
      task -= n;
      ++product;
    }
    const std::size_t rows = task_rows.of(*product->weights);
    run_task(*product->weights, x, operand(kernels, *product->weights, x, pool), product->y, task * rows, rows);
  });
}

}  // namespace minnow::kernels
