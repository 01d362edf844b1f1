#include "models/tensor_reader.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "kernels/matmul_kernel.hpp"
#include "numeric/format.hpp"

namespace minnow::models {
namespace {

constexpr std::size_t kCheckBytes = std::size_t{1} << 20;  // one task looks at about this much

std::string shape_text(const formats::TensorInfo& tensor) {
  std::string text;
  for (std::size_t i = 0; i < tensor.n_dimensions; ++i) {
    text += (i == 0 ? "" : " x ") + std::to_string(tensor.shape[i]);
  }
  return text;
}

// Old converters wrote out what every reader computes.
bool is_superfluous(std::string_view name) {
  return name.ends_with("rotary_emb.inv_freq") || name == "rope_freqs.weight";
}

std::size_t row_tile(const kernels::KernelTable& kernels, numeric::Format format) {
  return kernels.matmul[static_cast<std::size_t>(format)]->row_tile;
}

bool is_repacked(const kernels::KernelTable& kernels, numeric::Format format) { return row_tile(kernels, format) > 0; }

}  // namespace

void RowTable::read(std::size_t row, float* values) const {
  const std::size_t size = numeric::row_bytes(format, row_length);
  numeric::decode(format, bytes.subspan(row * size, size), {values, row_length});
}

TensorReader::TensorReader(const formats::GgufFile& file, const kernels::KernelTable& kernels, ThreadPool& pool,
                           Progress progress, const PackedWeights& packed)
    : file_(file), kernels_(kernels), pool_(pool), progress_(std::move(progress)), packed_(packed) {
  for (const formats::TensorInfo& tensor : file.tensors()) total_bytes_ += tensor.size_bytes;
}

void TensorReader::refuse_shape(const formats::TensorInfo& tensor, const std::string& wanted) const {
  fail(ErrorCode::invalid_input, "{}: {} has the shape {}, and the model needs {}", file_.name(), tensor.name,
       shape_text(tensor), wanted);
}

const formats::TensorInfo& TensorReader::take(const std::string& name) {
  const formats::TensorInfo* tensor = file_.find(name);
  if (tensor == nullptr) fail(ErrorCode::invalid_input, "{}: the tensor {} is missing", file_.name(), name);
  taken_.insert(tensor->name);
  if (packed_.pack == nullptr) require_finite(*tensor);
  return *tensor;
}

const formats::TensorInfo& TensorReader::take_matrix(const std::string& name, std::size_t rows, std::size_t cols) {
  const formats::TensorInfo& tensor = take(name);
  const bool fits = tensor.shape[0] == cols && tensor.shape[1] == rows && tensor.shape[2] == 1 && tensor.shape[3] == 1;
  if (!fits) refuse_shape(tensor, fmt::format("{} x {}", cols, rows));
  return tensor;
}

void TensorReader::require_finite(const formats::TensorInfo& tensor) const {
  const std::span<const std::byte> bytes = file_.data(tensor);
  const std::size_t row = numeric::row_bytes(tensor.format, static_cast<std::size_t>(tensor.row_length()));
  if (row == 0 || bytes.empty()) return;
  const std::size_t part = row * std::max<std::size_t>(1, kCheckBytes / row);
  std::atomic<bool> found = false;
  pool_.run((bytes.size() + part - 1) / part, [&](std::size_t task) {
    const std::size_t begin = task * part;
    if (numeric::has_non_finite(tensor.format, bytes.subspan(begin, std::min(part, bytes.size() - begin)))) {
      found.store(true, std::memory_order_relaxed);
    }
  });
  if (found) {
    fail(ErrorCode::invalid_input, "{}: {} holds a value that is infinite or not a number", file_.name(), tensor.name);
  }
}

void TensorReader::report(const formats::TensorInfo& tensor) {
  done_bytes_ += tensor.size_bytes;
  if (progress_) progress_(done_bytes_, total_bytes_);
}

Linear TensorReader::linear(const std::string& name, std::size_t rows, std::size_t cols) {
  Linear whole;
  Linear* const part = &whole;
  split_linear(name, {&rows, 1}, cols, {&part, 1});
  return whole;
}

void TensorReader::split_linear(const std::string& name, std::span<const std::size_t> rows, std::size_t cols,
                                std::span<Linear* const> parts) {
  std::size_t total = 0;
  for (const std::size_t n : rows) total += n;
  const formats::TensorInfo& tensor = take_matrix(name + ".weight", total, cols);
  const AlignedBuffer<float> bias = optional_vector(name + ".bias", total);
  const std::size_t row_bytes = numeric::row_bytes(tensor.format, cols);
  std::size_t first = 0;
  for (std::size_t i = 0; i < parts.size(); first += rows[i], ++i) {
    const auto bytes = file_.data(tensor).subspan(first * row_bytes, rows[i] * row_bytes);
    const std::string part = parts.size() == 1 ? name : fmt::format("{}#{}", name, i);
    parts[i]->matrix = matrix(part, tensor.format, rows[i], cols, bytes);
    bytes_ += parts[i]->matrix.size_bytes();
    if (parts[i]->matrix.owned_bytes() == 0) mapped_bytes_ += parts[i]->matrix.size_bytes();
    if (bias.size() == 0) continue;
    parts[i]->bias = AlignedBuffer<float>(rows[i]);
    std::copy_n(bias.data() + first, rows[i], parts[i]->bias.data());
  }
  if (is_repacked(kernels_, tensor.format)) file_.release(tensor);
  report(tensor);
}

kernels::Matrix TensorReader::matrix(const std::string& name, numeric::Format format, std::size_t rows,
                                     std::size_t cols, std::span<const std::byte> bytes) {
  if (is_repacked(kernels_, format) && packed_.pack != nullptr) return find_packed(name, format, rows, cols);
  if (packed_.writer == nullptr) return kernels::Matrix(kernels_, format, rows, cols, bytes, pool_);
  if (is_repacked(kernels_, format)) write_packed(name, format, rows, cols, bytes);
  return {};
}

void TensorReader::write_packed(const std::string& name, numeric::Format format, std::size_t rows, std::size_t cols,
                                std::span<const std::byte> bytes) {
  packed_.writer->begin(
      {.name = name, .format = format, .row_tile = row_tile(kernels_, format), .rows = rows, .cols = cols});
  kernels::Matrix::pack(kernels_, format, rows, cols, bytes, pool_,
                        [&](std::span<const std::byte> tiles) { packed_.writer->write(tiles); });
}

kernels::Matrix TensorReader::find_packed(const std::string& name, numeric::Format format, std::size_t rows,
                                          std::size_t cols) const {
  const formats::PackedMatrix* found = packed_.pack->find(name);
  const bool fits = found != nullptr && found->format == format && found->rows == rows && found->cols == cols &&
                    found->row_tile == row_tile(kernels_, format);
  if (!fits) fail(ErrorCode::invalid_input, "{}: the pack lacks {}", file_.name(), name);
  return kernels::Matrix::from_packed(kernels_, format, rows, cols, packed_.pack->data(*found));
}

RowTable TensorReader::table(const std::string& name, std::size_t rows, std::size_t cols) {
  const formats::TensorInfo& tensor = take_matrix(name + ".weight", rows, cols);
  bytes_ += tensor.size_bytes;
  file_.release(tensor);  // the check for finite values read it whole
  report(tensor);
  return {.format = tensor.format, .row_length = cols, .bytes = file_.data(tensor)};
}

AlignedBuffer<float> TensorReader::decoded(const formats::TensorInfo& tensor) {
  AlignedBuffer<float> values(static_cast<std::size_t>(tensor.row_length() * tensor.n_rows()));
  numeric::decode(tensor.format, file_.data(tensor), values.span());
  bytes_ += values.size_bytes();
  report(tensor);
  return values;
}

AlignedBuffer<float> TensorReader::vector(const std::string& name, std::size_t size) { return vectors(name, size, 1); }

AlignedBuffer<float> TensorReader::optional_vector(const std::string& name, std::size_t size) {
  return has(name) ? vector(name, size) : AlignedBuffer<float>();
}

AlignedBuffer<float> TensorReader::vectors(const std::string& name, std::size_t size, std::size_t n) {
  const formats::TensorInfo& tensor = take(name);
  const bool fits = tensor.shape[0] == size && (tensor.n_rows() == 1 || tensor.n_rows() == n);
  if (!fits) refuse_shape(tensor, n == 1 ? fmt::format("{}", size) : fmt::format("{0} or {0} x {1}", size, n));
  return decoded(tensor);
}

void TensorReader::require_nothing_left() const {
  for (const formats::TensorInfo& tensor : file_.tensors()) {
    if (taken_.contains(tensor.name) || is_superfluous(tensor.name)) continue;
    fail(ErrorCode::unsupported, "{}: the tensor {} belongs to no part of this architecture that we know", file_.name(),
         formats::printable(tensor.name));
  }
}

}  // namespace minnow::models
