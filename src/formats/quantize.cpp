#include "formats/quantize.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/gguf_writer.hpp"
#include "formats/row_check.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;

constexpr std::uint64_t kChunkBytes = std::uint64_t{8} << 20;  // of what is read: bounds the memory

std::span<const std::byte> row_of(const GgufFile& source, const TensorInfo& tensor, std::uint64_t row) {
  const std::size_t bytes = numeric::row_bytes(tensor.format, tensor.row_length());
  return source.data(tensor).subspan(row * bytes, bytes);
}

void refuse_non_finite(const GgufFile& source, const TensorInfo& tensor, std::uint64_t row) {
  fail(ErrorCode::invalid_input,
       "{}: {} holds an infinity or a value that is not a number in row {}; the file is broken", source.name(),
       printable(tensor.name), row);
}

void copy_rows(const GgufFile& source, const TensorInfo& tensor, ThreadPool& pool, const GgufWriter::Sink& sink) {
  FirstOf bad_row;
  pool.run(tensor.n_rows(), [&](std::size_t row) {
    if (numeric::has_non_finite(tensor.format, row_of(source, tensor, row))) bad_row.note(row);
  });
  if (bad_row.any()) refuse_non_finite(source, tensor, bad_row.value());
  sink(source.data(tensor));
}

void write_tensor(const GgufFile& source, const TensorInfo& to, const Importance* importance, ThreadPool& pool,
                  const GgufWriter::Sink& sink, const std::function<void(std::uint64_t)>& progress) {
  const TensorInfo& from = *source.find(to.name);
  if (from.format == to.format) {
    copy_rows(source, from, pool, sink);
    progress(from.size_bytes);
  } else {
    const std::vector<float> weights = importance == nullptr ? std::vector<float>() : importance->weights_of(from);
    const std::uint64_t row_bytes = numeric::row_bytes(from.format, from.row_length());
    const std::uint64_t rows_at_once = std::max<std::uint64_t>(1, kChunkBytes / row_bytes);
    for (std::uint64_t row = 0; row < from.n_rows(); row += rows_at_once) {
      const std::uint64_t n_rows = std::min(rows_at_once, from.n_rows() - row);
      sink(recode_rows(source, from, to.format, weights, row, n_rows, pool));
      progress(n_rows * row_bytes);
    }
  }
  source.release(from);
}

}  // namespace

std::vector<std::byte> recode_rows(const GgufFile& source, const TensorInfo& tensor, Format format,
                                   std::span<const float> weights, std::uint64_t first_row, std::uint64_t n_rows,
                                   ThreadPool& pool) {
  const std::size_t row_length = tensor.row_length();
  const std::size_t row_bytes = numeric::row_bytes(format, row_length);
  std::vector<std::byte> out(n_rows * row_bytes);
  std::vector<std::vector<float>> values(pool.size(), std::vector<float>(row_length));
  FirstOf bad_row, overflowing_row;
  pool.run_indexed(n_rows, [&](std::size_t i, std::size_t thread) {
    const auto from = row_of(source, tensor, first_row + i);
    const auto to = std::span(out).subspan(i * row_bytes, row_bytes);
    if (numeric::has_non_finite(tensor.format, from)) return bad_row.note(first_row + i);
    numeric::decode(tensor.format, from, values[thread]);
    if (!fits_into(format, largest_magnitude(values[thread]))) return overflowing_row.note(first_row + i);
    const std::size_t matrix = (first_row + i) / tensor.shape[1];
    numeric::encode(format, values[thread], to,
                    weights.empty() ? weights : weights.subspan(matrix * row_length, row_length));
  });
  if (bad_row.any()) refuse_non_finite(source, tensor, bad_row.value());
  if (overflowing_row.any()) {
    fail(ErrorCode::invalid_input, "{}: {} holds a value in row {} that is too large for {}; keep this tensor in BF16",
         source.name(), printable(tensor.name), overflowing_row.value(), numeric::info(format).name);
  }
  return out;
}

void quantize(const GgufFile& source, const std::filesystem::path& destination, std::span<const FormatChoice> choices,
              std::uint32_t file_type, ThreadPool& pool, const QuantizeOptions& options) {
  GgufWriter out;
  out.metadata() = source.metadata();
  out.metadata().set("general.file_type", std::uint64_t{file_type});
  out.metadata().set("general.quantization_version", std::uint64_t{2});
  std::uint64_t total_bytes = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const TensorInfo& tensor = source.tensors()[i];
    out.add_tensor(tensor.name, choices[i].format, std::span(tensor.shape).first(tensor.n_dimensions));
    total_bytes += tensor.size_bytes;
  }
  std::uint64_t done_bytes = 0;
  const auto progress = [&](std::uint64_t bytes) {
    done_bytes += bytes;
    if (options.progress) options.progress(done_bytes, total_bytes);
  };
  out.write(destination, [&](const TensorInfo& to, const GgufWriter::Sink& sink) {
    write_tensor(source, to, options.importance, pool, sink, progress);
  });
}

void quantize(const GgufFile& source, const std::filesystem::path& destination, const Quantization& quantization,
              ThreadPool& pool, const QuantizeOptions& options) {
  quantize(source, destination, choose_formats(quantization, source.metadata(), source.tensors()),
           quantization.file_type, pool, options);
}

std::vector<std::string> describe_fallbacks(std::span<const TensorInfo> tensors,
                                            std::span<const FormatChoice> choices) {
  struct Kind {
    std::string_view first;
    std::size_t count = 0;
  };
  std::map<std::tuple<Format, Format, std::uint64_t>, Kind> kinds;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const TensorInfo& tensor = tensors[i];
    if (choices[i].format == choices[i].wanted) continue;
    Kind& kind = kinds[{choices[i].wanted, choices[i].format, tensor.row_length()}];
    if (kind.count++ == 0) kind.first = tensor.name;
  }
  std::vector<std::string> sentences;
  for (const auto& [key, kind] : kinds) {
    const auto [wanted, got, row_length] = key;
    sentences.push_back(fmt::format("rows of {} don't divide into the {} values of {}'s blocks: {}{} {} {} instead",
                                    row_length, numeric::info(wanted).block_values, numeric::info(wanted).name,
                                    kind.first, kind.count == 1 ? "" : fmt::format(" and {} more", kind.count - 1),
                                    kind.count == 1 ? "becomes" : "become", numeric::info(got).name));
  }
  return sentences;
}

}  // namespace minnow::formats
