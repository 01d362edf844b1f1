#include "formats/converted_model.hpp"

#include <algorithm>
#include <map>

#include "formats/gguf_writer.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;

constexpr std::uint64_t kBufferValues = 1 << 18;

Format output_format(const ConvertedTensor& tensor, OutputType type) {
  if (tensor.keep_f32 || tensor.shape.size() < 2) return Format::f32;
  switch (type) {
    case OutputType::f32:
      return Format::f32;
    case OutputType::f16:
      return Format::f16;
    case OutputType::bf16:
      return Format::bf16;
    case OutputType::q8_0: {
      const bool fits = tensor.shape[0] % numeric::info(Format::q8_0).block_values == 0;
      return fits ? Format::q8_0 : Format::f16;
    }
    case OutputType::as_stored:
      break;
  }
  return tensor.stored;
}

// GGUF's general.file_type: what most of the file's bytes are.
std::uint64_t file_type(const std::map<Format, std::uint64_t>& bytes_of) {
  const auto most = std::ranges::max_element(bytes_of, {}, [](const auto& entry) { return entry.second; });
  if (most == bytes_of.end()) return 0;
  switch (most->first) {
    case Format::f16:
      return 1;
    case Format::q8_0:
      return 7;
    case Format::bf16:
      return 32;
    default:
      return 0;
  }
}

void write_rows(const ConvertedTensor& tensor, const TensorInfo& info, const GgufWriter::Sink& sink) {
  const std::uint64_t length = info.row_length();
  const std::uint64_t rows_at_once = std::clamp<std::uint64_t>(kBufferValues / length, 1, info.n_rows());
  std::vector<float> values(rows_at_once * length);
  std::vector<std::byte> blocks(numeric::row_bytes(info.format, values.size()));
  for (std::uint64_t first = 0; first < info.n_rows(); first += rows_at_once) {
    const std::uint64_t n_rows = std::min(rows_at_once, info.n_rows() - first);
    for (std::uint64_t row = 0; row < n_rows; ++row) {
      tensor.read_row(first + row, std::span(values).subspan(row * length, length));
    }
    const auto part = std::span(values).first(n_rows * length);
    const auto encoded = std::span(blocks).first(numeric::row_bytes(info.format, part.size()));
    numeric::encode(info.format, part, encoded);
    sink(encoded);
  }
}

}  // namespace

void write_model(ConvertedModel model, const std::filesystem::path& destination, const ConvertOptions& options) {
  GgufWriter out;
  out.metadata() = std::move(model.metadata);
  std::map<Format, std::uint64_t> bytes_of;
  std::uint64_t total_bytes = 0;
  for (const ConvertedTensor& tensor : model.tensors) {
    const Format format = output_format(tensor, options.type);
    out.add_tensor(tensor.name, format, tensor.shape);
    std::uint64_t n_values = 1;
    for (const std::uint64_t extent : tensor.shape) n_values *= extent;  // no overflow: all of it lies in the source
    const std::uint64_t bytes = numeric::row_bytes(format, n_values);
    bytes_of[format] += bytes;
    total_bytes += bytes;
  }
  out.metadata().set("general.file_type", file_type(bytes_of));

  std::uint64_t done_bytes = 0;
  auto tensor = model.tensors.begin();
  out.write(destination, [&](const TensorInfo& info, const GgufWriter::Sink& sink) {
    write_rows(*tensor++, info, sink);
    done_bytes += info.size_bytes;
    if (options.progress) options.progress(done_bytes, total_bytes);
  });
}

}  // namespace minnow::formats
