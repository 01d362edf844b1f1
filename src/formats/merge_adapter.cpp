#include "formats/merge_adapter.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/gguf_writer.hpp"
#include "numeric/format.hpp"

namespace minnow::formats {
namespace {

constexpr std::uint64_t kChunkBytes = std::uint64_t{8} << 20;

void check(const GgufFile& source, const LoraAdapter& adapter) {
  for (const auto& [matrix, change] : adapter.changes) {
    const TensorInfo* tensor = source.find(matrix);
    if (tensor == nullptr) {
      fail(ErrorCode::invalid_input, "{} changes {}, and {} has no such tensor", adapter.name, printable(matrix),
           source.name());
    }
    if (tensor->row_length() == change.cols && tensor->n_rows() == change.rows) continue;
    fail(ErrorCode::invalid_input, "{}: the change of {} is {} × {}, the matrix is {} × {}", adapter.name,
         printable(matrix), change.rows, change.cols, tensor->n_rows(), tensor->row_length());
  }
}

// values += scale · (row of B) · A, in the order of the rank.
void change_row(const LowRankChange& change, std::size_t row, std::vector<float>& values) {
  for (std::size_t k = 0; k < change.rank; ++k) {
    const float factor = change.scale * change.b[row * change.rank + k];
    const float* a = change.a.data() + k * change.cols;
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += factor * a[i];
  }
}

std::vector<std::byte> changed_rows(const GgufFile& source, const TensorInfo& tensor, const LowRankChange& change,
                                    std::uint64_t first_row, std::uint64_t n_rows, ThreadPool& pool) {
  const std::size_t row_bytes = numeric::row_bytes(tensor.format, tensor.row_length());
  std::vector<std::byte> out(n_rows * row_bytes);
  pool.run(n_rows, [&](std::size_t i) {
    std::vector<float> values(tensor.row_length());
    numeric::decode(tensor.format, source.data(tensor).subspan((first_row + i) * row_bytes, row_bytes), values);
    change_row(change, first_row + i, values);
    numeric::encode(tensor.format, values, std::span(out).subspan(i * row_bytes, row_bytes));
  });
  if (numeric::has_non_finite(tensor.format, out)) {
    fail(ErrorCode::invalid_input, "{}: with the adapter a value of {} is too large for {}", source.name(),
         printable(tensor.name), numeric::info(tensor.format).name);
  }
  return out;
}

}  // namespace

void merge_adapter(const GgufFile& source, const LoraAdapter& adapter, const std::filesystem::path& destination,
                   ThreadPool& pool,
                   const std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>& progress) {
  check(source, adapter);
  GgufWriter out;
  std::uint64_t total_bytes = 0, done_bytes = 0;
  out.metadata() = source.metadata();
  for (const TensorInfo& tensor : source.tensors()) {
    out.add_tensor(tensor.name, tensor.format, std::span(tensor.shape).first(tensor.n_dimensions));
    total_bytes += tensor.size_bytes;
  }
  out.write(destination, [&](const TensorInfo& to, const GgufWriter::Sink& sink) {
    const TensorInfo& from = *source.find(to.name);
    const auto found = adapter.changes.find(to.name);
    if (found == adapter.changes.end()) {
      sink(source.data(from));
    } else {
      const std::uint64_t row_bytes = numeric::row_bytes(from.format, from.row_length());
      const std::uint64_t at_once = std::max<std::uint64_t>(1, kChunkBytes / row_bytes);
      for (std::uint64_t row = 0; row < from.n_rows(); row += at_once) {
        sink(changed_rows(source, from, found->second, row, std::min(at_once, from.n_rows() - row), pool));
      }
    }
    source.release(from);
    if (progress) progress(done_bytes += from.size_bytes, total_bytes);
  });
}

}  // namespace minnow::formats
