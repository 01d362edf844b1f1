#include "kernels/matrix.hpp"

#include "base/checked.hpp"
#include "base/error.hpp"
#include "kernels/matmul_kernel.hpp"
#include "kernels/packing.hpp"

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
  const std::size_t row_bytes = numeric::row_bytes(format, cols);
  pool.run((rows + row_tile - 1) / row_tile, [&](std::size_t tile) {
    const std::size_t row = tile * row_tile;
    pack_tile(format, row_tile, data.data() + row * row_bytes, rows - row < row_tile ? rows - row : row_tile, cols,
              packed_.data() + tile * tile_bytes_);
  });
  data_ = packed_.span();
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
