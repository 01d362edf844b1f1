#include "formats/gguf_layout.hpp"

#include <algorithm>
#include <bit>

#include "base/checked.hpp"
#include "base/error.hpp"
#include "formats/gguf_text.hpp"

namespace minnow::formats::gguf {
namespace {

struct UnsupportedType {
  std::uint32_t ggml_type;
  std::string_view name;
  std::string_view use_instead;
};

constexpr UnsupportedType kUnsupportedTypes[] = {
    {4, "Q4_2", "Q4_0"},
    {5, "Q4_3", "Q4_1"},
    {9, "Q8_1", "Q8_0"},
    {15, "Q8_K", "Q8_0"},
    {16, "IQ2_XXS", "Q2_K"},
    {17, "IQ2_XS", "Q2_K"},
    {18, "IQ3_XXS", "Q3_K"},
    {19, "IQ1_S", "Q2_K"},
    {21, "IQ3_S", "Q3_K"},
    {22, "IQ2_S", "Q2_K"},
    {24, "I8", "F32"},
    {25, "I16", "F32"},
    {26, "I32", "F32"},
    {27, "I64", "F32"},
    {28, "F64", "F32"},
    {29, "IQ1_M", "Q2_K"},
    {31, "Q4_0_4_4", "Q4_0"},
    {32, "Q4_0_4_8", "Q4_0"},
    {33, "Q4_0_8_8", "Q4_0"},
    {34, "TQ1_0", "Q2_K"},
    {35, "TQ2_0", "Q2_K"},
    {36, "IQ4_NL_4_4", "IQ4_NL"},
    {37, "IQ4_NL_4_8", "IQ4_NL"},
    {38, "IQ4_NL_8_8", "IQ4_NL"},
    {39, "MXFP4", "Q4_K"},
    {40, "NVFP4", "Q4_K"},
    {41, "Q1_0", "Q2_K"},
};

}  // namespace

std::uint64_t alignment_of(const Metadata& metadata, std::string_view file) {
  const std::uint64_t alignment = metadata.unsigned_integer(kAlignmentKey).value_or(kDefaultAlignment);
  if (!std::has_single_bit(alignment) || alignment < kMinAlignment || alignment > kMaxAlignment) {
    fail(ErrorCode::invalid_input, "{}: {} is {}; it must be a power of two from {} to {}", file, kAlignmentKey,
         alignment, kMinAlignment, kMaxAlignment);
  }
  return alignment;
}

void set_shape(TensorInfo& tensor, std::span<const std::uint64_t> shape, std::string_view file) {
  const std::string name = printable(tensor.name);
  if (shape.empty() || shape.size() > tensor.shape.size()) {
    fail(ErrorCode::invalid_input, "{}: tensor {} has {} dimensions; 1 to {} are allowed", file, name, shape.size(),
         tensor.shape.size());
  }
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) {
    fail(ErrorCode::invalid_input, "{}: tensor {} has a dimension of zero", file, name);
  }
  const auto& format = numeric::info(tensor.format);
  if (shape[0] % format.block_values != 0) {
    fail(ErrorCode::invalid_input,
         "{}: tensor {}: rows of {} must be multiples of {}, these are {}; use another format", file, name, format.name,
         format.block_values, shape[0]);
  }
  std::optional<std::uint64_t> size = checked_multiply(shape[0] / format.block_values, format.block_bytes);
  for (const std::uint64_t dimension : shape.subspan(1)) {
    if (size) size = checked_multiply(*size, dimension);
  }
  // Counts of values must fit too, and in a signed number, whatever the format packs them into.
  std::optional<std::uint64_t> n_values = 1;
  for (const std::uint64_t dimension : shape) {
    if (n_values) n_values = checked_multiply(*n_values, dimension);
  }
  if (!size || !n_values || *n_values > (std::uint64_t{1} << 62)) {
    fail(ErrorCode::invalid_input, "{}: tensor {} is too large: its dimensions overflow when multiplied", file, name);
  }
  tensor.shape.fill(1);
  std::copy(shape.begin(), shape.end(), tensor.shape.begin());
  tensor.n_dimensions = shape.size();
  tensor.size_bytes = *size;
}

numeric::Format format_of(std::uint32_t ggml_type, std::string_view tensor, std::string_view file) {
  if (const auto format = numeric::format_from_ggml_type(ggml_type)) return *format;
  for (const UnsupportedType& type : kUnsupportedTypes) {
    if (type.ggml_type == ggml_type) {
      fail(ErrorCode::unsupported, "{}: tensor {} is {}, which minnow does not read; use {}", file, printable(tensor),
           type.name, type.use_instead);
    }
  }
  fail(ErrorCode::unsupported, "{}: tensor {} has type number {}, which minnow does not know", file, printable(tensor),
       ggml_type);
}

}  // namespace minnow::formats::gguf
