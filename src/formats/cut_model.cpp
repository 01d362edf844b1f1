#include "formats/cut_model.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "base/error.hpp"
#include "formats/gguf_writer.hpp"
#include "formats/quantize_recipe.hpp"

namespace minnow::formats {
namespace {

constexpr std::uint64_t kChunkBytes = std::uint64_t{8} << 20;

// The blocks that hold the columns, where these come in whole blocks; none otherwise.
std::vector<std::size_t> whole_blocks(std::span<const std::size_t> columns, std::size_t block) {
  std::vector<std::size_t> blocks;
  if (columns.size() % block != 0) return {};
  for (std::size_t i = 0; i < columns.size(); i += block) {
    if (columns[i] % block != 0 || columns[i + block - 1] != columns[i] + block - 1) return {};
    blocks.push_back(columns[i] / block);
  }
  return blocks;
}

struct RowCutter {
  numeric::Format from, to;
  std::size_t row_length;
  std::span<const std::size_t> columns;  // empty: all
  std::vector<std::size_t> blocks;       // empty: decoded and encoded
  std::size_t block_bytes;

  RowCutter(const TensorInfo& tensor, const TensorCut& cut, numeric::Format format)
      : from(tensor.format),
        to(format),
        row_length(tensor.row_length()),
        columns(cut.columns),
        blocks(whole_blocks(columns, numeric::info(from).block_values)),
        block_bytes(numeric::info(from).block_bytes) {}

  void operator()(std::span<const std::byte> row, std::span<std::byte> out) const {
    if (columns.empty()) {
      std::memcpy(out.data(), row.data(), row.size());
    } else if (!blocks.empty()) {
      for (std::size_t i = 0; i < blocks.size(); ++i) {
        std::memcpy(out.data() + i * block_bytes, row.data() + blocks[i] * block_bytes, block_bytes);
      }
    } else {
      std::vector<float> values(row_length), kept;
      numeric::decode(from, row, values);
      kept.reserve(columns.size());
      for (const std::size_t column : columns) kept.push_back(values[column]);
      numeric::encode(to, kept, out);
    }
  }
};

void write_tensor(const GgufFile& source, const TensorInfo& from, const TensorInfo& to, const TensorCut& cut,
                  const GgufWriter::Sink& sink, ThreadPool& pool) {
  if (cut.rows.empty() && cut.columns.empty()) return sink(source.data(from));
  const RowCutter cutter(from, cut, to.format);
  const std::size_t row_bytes = numeric::row_bytes(from.format, from.row_length());
  const std::size_t out_bytes = numeric::row_bytes(to.format, to.row_length());
  const std::size_t at_once = std::max<std::size_t>(1, kChunkBytes / row_bytes);
  for (std::size_t first = 0; first < to.n_rows(); first += at_once) {
    const std::size_t n = std::min<std::size_t>(at_once, to.n_rows() - first);
    std::vector<std::byte> out(n * out_bytes);
    pool.run(n, [&](std::size_t i) {
      const std::size_t row = cut.rows.empty() ? first + i : cut.rows[first + i];
      cutter(source.data(from).subspan(row * row_bytes, row_bytes), std::span(out).subspan(i * out_bytes, out_bytes));
    });
    sink(out);
  }
}

}  // namespace

CutFormat format_of_cut(const TensorInfo& tensor, const TensorCut& cut) {
  const std::size_t block = numeric::info(tensor.format).block_values;
  if (cut.columns.empty() || block == 1 || !whole_blocks(cut.columns, block).empty()) return {tensor.format, false};
  return {fitting_format(tensor.format, cut.columns.size()), true};
}

void write_cut_model(const GgufFile& source, const Metadata& metadata, std::span<const TensorCut> cuts,
                     const std::filesystem::path& destination, ThreadPool& pool,
                     const std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>& progress) {
  GgufWriter out;
  out.metadata() = metadata;
  std::uint64_t total_bytes = 0, done_bytes = 0;
  std::unordered_map<std::string_view, const TensorCut*> by_name;
  for (const TensorCut& cut : cuts) {
    const TensorInfo& tensor = *source.find(cut.source);
    auto shape = tensor.shape;
    if (!cut.columns.empty()) shape[0] = cut.columns.size();
    if (!cut.rows.empty()) shape[1] = cut.rows.size();
    out.add_tensor(cut.name, format_of_cut(tensor, cut).format, std::span(shape).first(tensor.n_dimensions));
    by_name[cut.name] = &cut;
    total_bytes += tensor.size_bytes;
  }
  out.write(destination, [&](const TensorInfo& to, const GgufWriter::Sink& sink) {
    const TensorCut& cut = *by_name.at(to.name);
    const TensorInfo& from = *source.find(cut.source);
    write_tensor(source, from, to, cut, sink, pool);
    source.release(from);
    if (progress) progress(done_bytes += from.size_bytes, total_bytes);
  });
}

}  // namespace minnow::formats
