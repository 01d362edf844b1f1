#include "formats/converted_model.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "formats/gguf_text.hpp"
#include "formats/gguf_writer.hpp"
#include "formats/quantize.hpp"
#include "formats/row_check.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;

constexpr std::uint64_t kBufferValues = 1 << 18;

Format wanted_format(const ConvertedTensor& tensor, OutputType type) {
  if (tensor.keep_f32 || tensor.shape.size() < 2) return Format::f32;
  switch (type) {
    case OutputType::f32:
      return Format::f32;
    case OutputType::f16:
      return Format::f16;
    case OutputType::bf16:
      return Format::bf16;
    case OutputType::q8_0:
      return Format::q8_0;
    case OutputType::as_stored:
      break;
  }
  return tensor.stored;
}

std::vector<FormatChoice> choices_of_type(std::span<const ConvertedTensor> tensors, OutputType type) {
  std::vector<FormatChoice> choices;
  for (const ConvertedTensor& tensor : tensors) {
    const Format wanted = wanted_format(tensor, type);
    choices.push_back({.format = fitting_format(wanted, tensor.shape[0]), .wanted = wanted});
  }
  return choices;
}

std::vector<Format> choose(const ConvertedModel& model, const ConvertOptions& options) {
  std::vector<TensorInfo> tensors;
  for (const ConvertedTensor& tensor : model.tensors) {
    TensorInfo& info = tensors.emplace_back(TensorInfo{.name = tensor.name, .n_dimensions = tensor.shape.size()});
    std::ranges::copy(tensor.shape, info.shape.begin());
  }
  const std::vector<FormatChoice> choices = options.recipe != nullptr
                                                ? choose_formats(*options.recipe, model.metadata, tensors)
                                                : choices_of_type(model.tensors, options.type);
  for (const std::string& sentence : describe_fallbacks(tensors, choices)) {
    if (options.note) options.note(sentence);
  }
  std::vector<Format> formats;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    formats.push_back(model.tensors[i].keep_f32 ? Format::f32 : choices[i].format);
  }
  return formats;
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

// The first row of a piece that can't be written, by what is wrong with it.
struct BadRows {
  FirstOf no_numbers, too_large;
};

void refuse(const ConvertedTensor& tensor, Format format, const BadRows& bad) {
  if (bad.no_numbers.any()) {
    fail(ErrorCode::invalid_input,
         "{} holds an infinity or a value that is not a number in row {}; the source is broken", printable(tensor.name),
         bad.no_numbers.value());
  }
  if (bad.too_large.any()) {
    fail(ErrorCode::invalid_input, "{} holds a value in row {} that is too large for {}; convert to BF16 or F32",
         printable(tensor.name), bad.too_large.value(), numeric::info(format).name);
  }
}

// Reads rows, checks them and writes them in their new format.
struct RowConverter {
  const ConvertedTensor& tensor;
  Format format;
  std::vector<std::vector<float>> values;  // of each thread
  BadRows bad{};

  void operator()(std::uint64_t row, std::span<std::byte> out, std::size_t thread) {
    if (tensor.stored_row && tensor.stored == format) return copy(row, out);
    const std::span<float> numbers = values[thread];
    tensor.read_row(row, numbers);
    const float magnitude = largest_magnitude(numbers);
    if (!std::isfinite(magnitude)) return bad.no_numbers.note(row);
    if (!fits_into(format, magnitude)) return bad.too_large.note(row);
    numeric::encode(format, numbers, out);
  }

  void copy(std::uint64_t row, std::span<std::byte> out) {
    const std::span<const std::byte> bytes = tensor.stored_row(row);
    if (numeric::has_non_finite(format, bytes)) return bad.no_numbers.note(row);
    std::ranges::copy(bytes, out.begin());
  }
};

void write_rows(const ConvertedTensor& tensor, const TensorInfo& info, ThreadPool& pool, const GgufWriter::Sink& sink) {
  const std::uint64_t length = info.row_length();
  const std::uint64_t rows_at_once = std::clamp<std::uint64_t>(kBufferValues / length, 1, info.n_rows());
  const std::size_t row_bytes = numeric::row_bytes(info.format, length);
  RowConverter convert_row{tensor, info.format, {pool.size(), std::vector<float>(length)}};
  std::vector<std::byte> rows(rows_at_once * row_bytes);
  for (std::uint64_t first = 0; first < info.n_rows(); first += rows_at_once) {
    const std::uint64_t n_rows = std::min(rows_at_once, info.n_rows() - first);
    pool.run_indexed(n_rows, [&](std::size_t i, std::size_t thread) {
      convert_row(first + i, std::span(rows).subspan(i * row_bytes, row_bytes), thread);
    });
    refuse(tensor, info.format, convert_row.bad);
    sink(std::span(rows).first(n_rows * row_bytes));
  }
}

}  // namespace

void write_model(ConvertedModel model, const std::filesystem::path& destination, const ConvertOptions& options) {
  const std::vector<Format> formats = choose(model, options);
  GgufWriter out;
  std::map<Format, std::uint64_t> bytes_of;
  std::uint64_t total_bytes = 0;
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const ConvertedTensor& tensor = model.tensors[i];
    out.add_tensor(tensor.name, formats[i], tensor.shape);
    std::uint64_t n_values = 1;
    for (const std::uint64_t extent : tensor.shape) n_values *= extent;  // no overflow: all of it lies in the source
    const std::uint64_t bytes = numeric::row_bytes(formats[i], n_values);
    bytes_of[formats[i]] += bytes;
    total_bytes += bytes;
  }
  out.metadata() = std::move(model.metadata);
  const bool by_recipe = options.recipe != nullptr;
  out.metadata().set("general.file_type", by_recipe ? std::uint64_t{options.recipe->file_type} : file_type(bytes_of));
  if (by_recipe) out.metadata().set("general.quantization_version", std::uint64_t{2});

  ThreadPool pool(options.threads);
  std::uint64_t done_bytes = 0;
  auto tensor = model.tensors.begin();
  out.write(destination, [&](const TensorInfo& info, const GgufWriter::Sink& sink) {
    write_rows(*tensor, info, pool, sink);
    if (tensor->release) tensor->release();
    ++tensor;
    done_bytes += info.size_bytes;
    if (options.progress) options.progress(done_bytes, total_bytes);
  });
}

}  // namespace minnow::formats
