// Rows of quantized weights interleaved into tiles, as quantized_layout.hpp draws them, and one row read back.
#pragma once

#include <cstddef>

#include "numeric/format.hpp"

namespace minnow::kernels {

// Bytes of all tiles of a matrix; the last tile is filled up with rows of zeros.
std::size_t packed_bytes(numeric::Format format, std::size_t row_tile, std::size_t rows, std::size_t cols);

// Packs `n_rows` (at most row_tile) consecutive rows of the file's layout into one tile.
void pack_tile(numeric::Format format, std::size_t row_tile, const std::byte* rows, std::size_t n_rows,
               std::size_t cols, std::byte* tile);

// Bit-equal to numeric::decode of the row that was packed.
void decode_packed_row(numeric::Format format, std::size_t row_tile, const std::byte* tile, std::size_t row_in_tile,
                       std::size_t cols, float* values) noexcept;

}  // namespace minnow::kernels
