// A weight matrix in the layout its kernels like, and its products with activations.
//
//   Matrix w(kernels, Format::q4_k, rows, cols, bytes, pool);
//   Activations x(max_tokens, max_cols);
//   x.set(values, n_tokens, w.cols());                                  // rounded to int8 once for all matrices
//   matmul(kernels, x, {{{&w_q, q}, {&w_k, k}, {&w_v, v}}}, pool);      // y[token][row], one barrier for all three
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>

#include "base/aligned_buffer.hpp"
#include "base/function_ref.hpp"
#include "base/thread_pool.hpp"
#include "kernels/kernel_table.hpp"
#include "kernels/matmul_kernel.hpp"
#include "kernels/work_split.hpp"
#include "numeric/format.hpp"

namespace minnow::kernels {

class Matrix {
 public:
  Matrix() = default;
  // `data` holds `rows` rows of row_bytes(format, cols). Kernels that want another layout repack it here, over
  // the pool; the others keep the view, and then `data` must outlive the matrix (see owned_bytes).
  // Throws Error(invalid_input) when cols doesn't fit the format's blocks or data has the wrong size.
  Matrix(const KernelTable& kernels, numeric::Format format, std::size_t rows, std::size_t cols,
         std::span<const std::byte> data, ThreadPool& pool);
  // From what pack() gave these kernels, or others with the same row_tile; `packed` is kept as a view and must outlive
  // the matrix. Any bytes of the right size are safe to compute with. Throws Error(invalid_input) for a wrong size or
  // an address that isn't a multiple of kPackedAlignment.
  static Matrix from_packed(const KernelTable& kernels, numeric::Format format, std::size_t rows, std::size_t cols,
                            std::span<const std::byte> packed);
  // Hands the repacked bytes to `sink` front to back, a few megabytes at a time. Throws as the constructor does, and
  // what `sink` throws. Precondition: kernels.matmul[format]->row_tile > 0.
  static void pack(const KernelTable& kernels, numeric::Format format, std::size_t rows, std::size_t cols,
                   std::span<const std::byte> data, ThreadPool& pool,
                   FunctionRef<void(std::span<const std::byte>)> sink);

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  numeric::Format format() const { return format_; }
  // Bytes of the repacked copy; 0 when the original is used in place. When not 0 the original is no longer read.
  std::size_t owned_bytes() const { return packed_.size(); }
  std::size_t size_bytes() const { return data_.size(); }
  bool empty() const { return rows_ == 0; }

  // Row `row` as floats, bit-equal to numeric::decode of the original (embedding look-up).
  void decode_row(std::size_t row, float* values) const noexcept;

  const std::byte* data() const { return data_.data(); }
  const MatmulKernel& kernel() const { return *kernel_; }
  // Where a kernel begins to read; `row` is a multiple of its tile.
  const std::byte* rows_from(std::size_t row) const noexcept;

 private:
  const MatmulKernel* kernel_ = nullptr;
  numeric::Format format_ = numeric::Format::f32;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::size_t tile_bytes_ = 0;  // of packed_
  AlignedBuffer<std::byte> packed_;
  std::span<const std::byte> data_;  // packed_ or the original
};

// The right-hand side of matrix products: n_tokens rows of `cols` floats, and their int8 forms, each made when a
// matrix first asks for it. Memory is taken once, in the constructor.
class Activations {
 public:
  Activations(std::size_t max_tokens, std::size_t max_cols);
  static std::size_t size_bytes(std::size_t max_tokens, std::size_t max_cols);

  // Keeps a view of x[n_tokens][cols]; forgets the int8 forms of the last one. Throws Error(internal) when that is
  // more than was planned.
  void set(const float* x, std::size_t n_tokens, std::size_t cols);

  std::size_t n_tokens() const { return n_tokens_; }
  std::size_t cols() const { return cols_; }
  const float* values() const { return values_; }

  // int8 codes with their scales and sums per block of `block_values`, which is 32 or 256.
  struct Quantized {
    std::int8_t* codes = nullptr;         // [padded_tokens(n_tokens)][code_stride(cols)]
    AlignedBuffer<float> scales;          // [n_tokens][cols / block_values]
    AlignedBuffer<std::int16_t> sums_16;  // [n_tokens][cols / 16]: what minimums and offsets need
    AlignedBuffer<std::int16_t> sums_32;  // [n_tokens][cols / 32]
    bool ready = false;
  };
  // Rounds to int8 over the pool, unless done since the last set().
  const Quantized& quantized(const KernelTable& kernels, std::size_t block_values, ThreadPool& pool);
  // The same as bfloat16, bfloat_stride(cols) bytes apart, in the memory of the int8 codes: asking for one form makes
  // the other invalid. For tables with to_bfloats.
  const std::uint16_t* bfloats(const KernelTable& kernels, ThreadPool& pool);

 private:
  void each_token(ThreadPool& pool, FunctionRef<void(std::size_t)> task) const;

  const float* values_ = nullptr;
  std::size_t n_tokens_ = 0;
  std::size_t cols_ = 0;
  std::size_t capacity_ = 0;
  AlignedBuffer<std::int8_t> codes_;  // of both block sizes
  bool bfloats_ready_ = false;
  Quantized blocks_of_32_;
  Quantized blocks_of_256_;
};

struct Product {
  const Matrix* weights;
  float* y;  // [n_tokens][weights->rows()]
};

// y = W x for every product; all matrices share the activations and have x.cols() columns.
void matmul(const KernelTable& kernels, Activations& x, std::span<const Product> products, ThreadPool& pool,
            const WorkSplit& split = {});
inline void matmul(const KernelTable& kernels, Activations& x, std::initializer_list<Product> products,
                   ThreadPool& pool, const WorkSplit& split = {}) {
  matmul(kernels, x, std::span(products.begin(), products.size()), pool, split);
}

}  // namespace minnow::kernels
