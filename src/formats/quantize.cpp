#include "formats/quantize.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

#include "base/error.hpp"
#include "formats/gguf_writer.hpp"

namespace minnow::formats {
namespace {

using numeric::Format;

constexpr std::array<Quantization, 18> kQuantizations{{
    {"F32", Format::f32, Format::f32, 0},
    {"F16", Format::f16, Format::f16, 1},
    {"Q4_0", Format::q4_0, Format::q4_0, 2},
    {"Q4_1", Format::q4_1, Format::q4_1, 3},
    {"Q8_0", Format::q8_0, Format::q8_0, 7},
    {"Q5_0", Format::q5_0, Format::q5_0, 8},
    {"Q5_1", Format::q5_1, Format::q5_1, 9},
    {"Q2_K", Format::q2_k, Format::q3_k, 10},
    {"Q3_K_S", Format::q3_k, Format::q3_k, 11},
    {"Q3_K_M", Format::q3_k, Format::q5_k, 12},
    {"Q4_K_S", Format::q4_k, Format::q4_k, 14},
    {"Q4_K_M", Format::q4_k, Format::q6_k, 15},
    {"Q5_K_S", Format::q5_k, Format::q5_k, 16},
    {"Q5_K_M", Format::q5_k, Format::q6_k, 17},
    {"Q6_K", Format::q6_k, Format::q6_k, 18},
    {"IQ4_NL", Format::iq4_nl, Format::iq4_nl, 25},
    {"IQ4_XS", Format::iq4_xs, Format::iq4_xs, 30},
    {"BF16", Format::bf16, Format::bf16, 32},
}};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// "blk.7.attn_v.weight" -> 7; no layer for anything else.
std::optional<std::uint64_t> layer_of(std::string_view name) {
  constexpr std::string_view kPrefix = "blk.";
  if (!name.starts_with(kPrefix)) return std::nullopt;
  std::uint64_t layer = 0;
  const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), layer);
  if (error != std::errc() || end == name.data() + name.size() || *end != '.') return std::nullopt;
  return layer;
}

// The first and last eighth of the layers, and every third between: where rounding costs the most.
bool is_sensitive_layer(std::uint64_t layer, std::uint64_t n_layers) {
  const std::uint64_t eighth = n_layers / 8;
  return layer < eighth || layer >= 7 * n_layers / 8 || (layer - eighth) % 3 == 2;
}

bool is_matrix(const TensorInfo& tensor) {
  const bool is_lookup = tensor.name == "position_embd.weight" || tensor.name == "token_types.weight";
  return tensor.n_dimensions == 2 && tensor.name.ends_with(".weight") && !is_lookup &&
         tensor.name.find("_norm") == std::string::npos;
}

Format fitting(Format wanted, std::uint64_t row_length) {
  if (row_length % numeric::info(wanted).block_values == 0) return wanted;
  Format fallback = Format::f16;
  switch (wanted) {
    case Format::q2_k:
    case Format::q3_k:
    case Format::iq4_xs:
      fallback = Format::iq4_nl;
      break;
    case Format::q4_k:
      fallback = Format::q5_0;
      break;
    case Format::q5_k:
      fallback = Format::q5_1;
      break;
    case Format::q6_k:
      fallback = Format::q8_0;
      break;
    default:
      break;
  }
  return row_length % numeric::info(fallback).block_values == 0 ? fallback : Format::f16;
}

// Recodes one tensor row by row over the pool.
std::vector<std::byte> recode(std::span<const std::byte> data, const TensorInfo& from, const TensorInfo& to,
                              ThreadPool& pool) {
  const std::size_t row_length = from.row_length();
  const std::size_t from_bytes = numeric::row_bytes(from.format, row_length);
  const std::size_t to_bytes = numeric::row_bytes(to.format, row_length);
  std::vector<std::byte> out(to.size_bytes);
  std::vector<std::vector<float>> values(pool.size(), std::vector<float>(row_length));
  pool.run_indexed(from.n_rows(), [&](std::size_t row, std::size_t thread) {
    numeric::decode(from.format, data.subspan(row * from_bytes, from_bytes), values[thread]);
    numeric::encode(to.format, values[thread], std::span(out).subspan(row * to_bytes, to_bytes));
  });
  return out;
}

}  // namespace

const Quantization& quantization_from_name(std::string_view name) {
  std::string known;
  for (const Quantization& quantization : kQuantizations) {
    if (equal_ignoring_case(quantization.name, name)) return quantization;
    known += known.empty() ? "" : ", ";
    known += quantization.name;
  }
  fail(ErrorCode::invalid_input, "unknown quantization '{}'; known are {}", name, known);
}

Format chosen_format(const Quantization& quantization, const TensorInfo& tensor, std::uint64_t n_layers,
                     bool has_output_matrix) {
  if (!is_matrix(tensor)) return tensor.format;
  Format wanted = quantization.base;
  const bool is_quantized = numeric::info(quantization.base).block_values > 1;
  const bool is_output = tensor.name == (has_output_matrix ? "output.weight" : "token_embd.weight");
  const bool is_value_or_down = tensor.name.ends_with(".attn_v.weight") || tensor.name.ends_with(".ffn_down.weight");
  const auto layer = layer_of(tensor.name);
  if (is_output && is_quantized && quantization.base != Format::q8_0) {
    wanted = Format::q6_k;
  } else if (is_value_or_down && layer && is_sensitive_layer(*layer, n_layers)) {
    wanted = quantization.sensitive;
  }
  return fitting(wanted, tensor.row_length());
}

void quantize(const GgufFile& source, const std::filesystem::path& destination, const Quantization& quantization,
              ThreadPool& pool, const QuantizeProgress& progress) {
  GgufWriter out;
  for (const auto& [key, value] : source.metadata().entries()) {
    if (!key.starts_with("split.")) out.metadata().set(key, value);
  }
  out.metadata().set("general.file_type", std::uint64_t{quantization.file_type});
  out.metadata().set("general.quantization_version", std::uint64_t{2});

  const auto architecture = source.metadata().text("general.architecture").value_or("");
  const auto n_layers = source.metadata().unsigned_integer(std::string(architecture) + ".block_count").value_or(0);
  const bool has_output_matrix = source.find("output.weight") != nullptr;
  std::uint64_t total_bytes = 0;
  for (const TensorInfo& tensor : source.tensors()) {
    const Format format = chosen_format(quantization, tensor, n_layers, has_output_matrix);
    out.add_tensor(tensor.name, format, std::span(tensor.shape).first(tensor.n_dimensions));
    total_bytes += tensor.size_bytes;
  }
  std::uint64_t done_bytes = 0;
  out.write(destination, [&](const TensorInfo& to, const GgufWriter::Sink& sink) {
    const TensorInfo& from = *source.find(to.name);
    if (from.format == to.format) {
      sink(source.data(from));
    } else {
      sink(recode(source.data(from), from, to, pool));
    }
    source.release(from);
    done_bytes += from.size_bytes;
    if (progress) progress(done_bytes, total_bytes);
  });
}

}  // namespace minnow::formats
