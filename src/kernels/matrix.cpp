#include "kernels/matrix.hpp"

#include <algorithm>
#include <cstdint>

#include "base/checked.hpp"
#include "base/error.hpp"
#include "kernels/matmul_kernel.hpp"
#include "kernels/packing.hpp"
#include "kernels/quantized_layout.hpp"

namespace minnow::kernels {
namespace {

void check_shape(numeric::Format format, std::size_t rows, std::size_t cols, std::size_t size) {
  const numeric::FormatInfo& info = numeric::info(format);
  if (cols % info.block_values != 0) {
    fail(ErrorCode::invalid_input, "{} rows must be multiples of {} values, this matrix has rows of {}", info.name,
         info.block_values, cols);
  }
  const auto expected = checked_multiply(rows, numeric::row_bytes(format, cols));
  if (!expected || *expected != size) {
    fail(ErrorCode::invalid_input, "a {} matrix of {} rows and {} columns does not take {} bytes", info.name, rows,
         cols, size);
  }
}

// The tiles [first, first + n_tiles) of a matrix into `out`, over the pool.
void pack_tiles(numeric::Format format, std::size_t row_tile, std::size_t rows, std::size_t cols,
                std::span<const std::byte> data, std::size_t first, std::size_t n_tiles, std::byte* out,
                ThreadPool& pool) {
  const std::size_t row_bytes = numeric::row_bytes(format, cols);
  const std::size_t tile_bytes = packed_bytes(format, row_tile, 1, cols);
  pool.run(n_tiles, [&](std::size_t tile) {
    const std::size_t row = (first + tile) * row_tile;
    pack_tile(format, row_tile, data.data() + row * row_bytes, std::min(row_tile, rows - row), cols,
              out + tile * tile_bytes);
  });
}

}  // namespace

Matrix::Matrix(const KernelTable& kernels, numeric::Format format, std::size_t rows, std::size_t cols,
               std::span<const std::byte> data, ThreadPool& pool)
    : kernel_(kernels.matmul[static_cast<std::size_t>(format)]),
      format_(format),
      rows_(rows),
      cols_(cols),
      data_(data) {
  check_shape(format, rows, cols, data.size());
  const std::size_t row_tile = kernel_->row_tile;
  if (row_tile == 0 || rows == 0 || cols == 0) return;
  packed_ = AlignedBuffer<std::byte>(packed_bytes(format, row_tile, rows, cols), Pages::huge);
  tile_bytes_ = packed_bytes(format, row_tile, 1, cols);
  pack_tiles(format, row_tile, rows, cols, data, 0, (rows + row_tile - 1) / row_tile, packed_.data(), pool);
  data_ = packed_.span();
}

Matrix Matrix::from_packed(const KernelTable& kernels, numeric::Format format, std::size_t rows, std::size_t cols,
                           std::span<const std::byte> packed) {
  Matrix matrix;
  matrix.kernel_ = kernels.matmul[static_cast<std::size_t>(format)];
  matrix.format_ = format;
  matrix.rows_ = rows;
  matrix.cols_ = cols;
  matrix.data_ = packed;
  const std::size_t row_tile = matrix.kernel_->row_tile;
  const bool whole_blocks = cols % numeric::info(format).block_values == 0;
  if (row_tile == 0 || !whole_blocks || packed.size() != packed_bytes(format, row_tile, rows, cols) ||
      reinterpret_cast<std::uintptr_t>(packed.data()) % kPackedAlignment != 0) {
    fail(ErrorCode::invalid_input, "a packed {} matrix of {} rows and {} columns does not take {} bytes",
         numeric::info(format).name, rows, cols, packed.size());
  }
  matrix.tile_bytes_ = packed_bytes(format, row_tile, 1, cols);
  return matrix;
}

void Matrix::pack(const KernelTable& kernels, numeric::Format format, std::size_t rows, std::size_t cols,
                  std::span<const std::byte> data, ThreadPool& pool,
                  FunctionRef<void(std::span<const std::byte>)> sink) {
  constexpr std::size_t kPartBytes = std::size_t{4} << 20;
  check_shape(format, rows, cols, data.size());
  const std::size_t row_tile = kernels.matmul[static_cast<std::size_t>(format)]->row_tile;
  const std::size_t tile_bytes = packed_bytes(format, row_tile, 1, cols);
  if (tile_bytes == 0) return;
  const std::size_t n_tiles = (rows + row_tile - 1) / row_tile;
  const std::size_t step = std::clamp<std::size_t>(kPartBytes / tile_bytes, 1, std::max<std::size_t>(1, n_tiles));
  AlignedBuffer<std::byte> part(step * tile_bytes);
  for (std::size_t first = 0; first < n_tiles; first += step) {
    const std::size_t n = std::min(step, n_tiles - first);
    pack_tiles(format, row_tile, rows, cols, data, first, n, part.data(), pool);
    sink(part.span().first(n * tile_bytes));
  }
}

void Matrix::decode_row(std::size_t row, float* values) const noexcept {
  const std::size_t row_tile = kernel_->row_tile;
  if (row_tile == 0 || cols_ == 0) {
    const std::size_t row_bytes = numeric::row_bytes(format_, cols_);
    return numeric::decode(format_, data_.subspan(row * row_bytes, row_bytes), {values, cols_});
  }
  decode_packed_row(format_, row_tile, data_.data() + row / row_tile * tile_bytes_, row % row_tile, cols_, values);
}

const std::byte* Matrix::rows_from(std::size_t row) const noexcept {
  if (kernel_->row_tile == 0) return data_.data() + row * numeric::row_bytes(format_, cols_);
  return data_.data() + row / kernel_->row_tile * tile_bytes_;
}

}  // namespace minnow::kernels
