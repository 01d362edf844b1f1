#include "formats/importance.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/mapped_file.hpp"
#include "formats/gguf_layout.hpp"
#include "formats/gguf_text.hpp"
#include "formats/gguf_writer.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;

constexpr std::string_view kSums = ".in_sum2";
constexpr std::string_view kCounts = ".counts";
constexpr float kLeast = 1e-3f;  // weight of an unused column

std::vector<float> floats_of(const GgufFile& file, const TensorInfo& tensor) {
  if (tensor.format != Format::f32) {
    fail(ErrorCode::invalid_input, "{}: {} must be F32 in an importance matrix", file.name(), printable(tensor.name));
  }
  std::vector<float> values(tensor.size_bytes / sizeof(float));
  numeric::decode(Format::f32, file.data(tensor), values);
  if (!std::ranges::all_of(values, [](float value) { return value >= 0 && std::isfinite(value); })) {
    fail(ErrorCode::invalid_input, "{}: {} holds a value that is negative or no number", file.name(),
         printable(tensor.name));
  }
  return values;
}

}  // namespace

Importance Importance::read(const std::filesystem::path& path) {
  const MappedFile file(path);
  return gguf::has_magic(file.bytes()) ? from(GgufFile::open(path)) : from_dat(file.bytes(), path.string());
}

Importance Importance::from(const GgufFile& file) {
  if (file.metadata().text("general.type") != "imatrix") {
    fail(ErrorCode::invalid_input, "{} is no importance matrix; make one with minnow eval importance", file.name());
  }
  Importance importance;
  importance.name_ = file.name();
  importance.datasets = file.metadata().texts("imatrix.datasets");
  importance.chunk_count = file.metadata().unsigned_integer("imatrix.chunk_count").value_or(0);
  importance.chunk_size = file.metadata().unsigned_integer("imatrix.chunk_size").value_or(0);
  for (const TensorInfo& tensor : file.tensors()) {
    if (!tensor.name.ends_with(kSums)) continue;
    const std::string name = tensor.name.substr(0, tensor.name.size() - kSums.size());
    const TensorInfo* counts = file.find(name + std::string(kCounts));
    if (counts == nullptr || counts->size_bytes / sizeof(float) != tensor.n_rows()) {
      fail(ErrorCode::invalid_input, "{}: {} lacks its counts", file.name(), printable(tensor.name));
    }
    importance.set(name, {.sum_of_squares = floats_of(file, tensor), .counts = floats_of(file, *counts)});
  }
  return importance;
}

void Importance::write(const std::filesystem::path& path) const {
  GgufWriter out;
  out.metadata().set("general.type", std::string("imatrix"));
  out.metadata().set("imatrix.datasets", datasets);
  out.metadata().set("imatrix.chunk_count", chunk_count);
  out.metadata().set("imatrix.chunk_size", chunk_size);
  for (const auto& [name, sums] : tensors_) {
    const std::uint64_t matrices = sums.counts.size();
    out.add_tensor(name + std::string(kSums), Format::f32, {sums.sum_of_squares.size() / matrices, matrices});
    out.add_tensor(name + std::string(kCounts), Format::f32, {1, matrices});
  }
  out.write(path, [&](const TensorInfo& tensor, const GgufWriter::Sink& sink) {
    const bool is_sums = tensor.name.ends_with(kSums);
    const std::string_view name(tensor.name.data(), tensor.name.size() - (is_sums ? kSums.size() : kCounts.size()));
    const ColumnSums& sums = tensors_.find(name)->second;
    sink(std::as_bytes(std::span(is_sums ? sums.sum_of_squares : sums.counts)));
  });
}

std::vector<float> Importance::weights_of(const TensorInfo& tensor) const {
  const auto found = tensors_.find(tensor.name);
  if (found == tensors_.end()) return {};
  const ColumnSums& sums = found->second;
  const std::size_t columns = tensor.row_length(), matrices = tensor.shape[2] * tensor.shape[3];
  const bool has_counts = sums.counts.size() == matrices || sums.counts.size() == 1;
  if (sums.sum_of_squares.size() != columns * matrices || !has_counts) {
    fail(ErrorCode::invalid_input, "{}: {} has {} columns in this model and {} there; it was made from another model",
         name_, printable(tensor.name), columns * matrices, sums.sum_of_squares.size());
  }
  std::vector<float> weights(sums.sum_of_squares.size(), 1.0f);
  for (std::size_t matrix = 0; matrix < matrices; ++matrix) {
    const auto row = std::span(sums.sum_of_squares).subspan(matrix * columns, columns);
    double total = 0;
    for (const float sum : row) total += sum;
    if (sums.counts[sums.counts.size() == 1 ? 0 : matrix] == 0 || total == 0)
      continue;  // an expert that no token chose
    for (std::size_t i = 0; i < columns; ++i) {
      weights[matrix * columns + i] = kLeast + static_cast<float>(row[i] * static_cast<double>(columns) / total);
    }
  }
  return weights;
}

}  // namespace minnow::formats
