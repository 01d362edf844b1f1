#include "models/adapter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "numeric/format.hpp"

namespace minnow::models {
namespace {

struct Place {
  LowRank LayerAdapter::*matrix;
  std::size_t rows = 0, cols = 0;
};

// Where the change of a matrix of that name goes, and what shape the matrix has.
Place place_of(std::string_view name, const DecoderSpec& spec, const LayerSpec& layer) {
  const std::size_t size = spec.embedding_size, kv_heads = layer.n_kv_heads;
  if (name == "attn_q") return {&LayerAdapter::query, layer.n_heads * spec.key_size, size};
  if (name == "attn_k") return {&LayerAdapter::key, kv_heads * spec.key_size, size};
  if (name == "attn_v") return {&LayerAdapter::value, kv_heads * spec.value_size, size};
  if (name == "attn_output") return {&LayerAdapter::attention_output, size, layer.n_heads * spec.value_size};
  if (name == "ffn_up") return {&LayerAdapter::up, layer.ffn_size, size};
  if (name == "ffn_down") return {&LayerAdapter::down, size, layer.ffn_size};
  const bool gated = spec.activation != Activation::gelu_tanh;
  if (name == "ffn_gate" && gated) return {&LayerAdapter::gate, layer.ffn_size, size};
  return {};
}

bool survives(numeric::Format format, std::span<const float> values) {
  std::vector<std::byte> bytes(numeric::row_bytes(format, values.size()));
  std::vector<float> back(values.size());
  numeric::encode(format, values, bytes);
  numeric::decode(format, bytes, back);
  return std::memcmp(back.data(), values.data(), values.size_bytes()) == 0;
}

// The fewest bytes that lose nothing: adapters are trained in bfloat16 as often as in F32.
numeric::Format narrowest(std::span<const float> values) {
  for (const auto format : {numeric::Format::bf16, numeric::Format::f16}) {
    if (survives(format, values)) return format;
  }
  return numeric::Format::f32;
}

struct Loader {
  const kernels::KernelTable& kernels;
  ThreadPool& pool;

  void load(const formats::LowRankChange& change, LowRank& out) const {
    std::vector<float> b = change.b;
    for (float& value : b) value *= change.scale;
    const numeric::Format format_a = narrowest(change.a), format_b = narrowest(b);
    const std::size_t bytes_a = (numeric::row_bytes(format_a, change.a.size()) + 63) / 64 * 64;  // b begins a line
    const std::size_t bytes_b = numeric::row_bytes(format_b, b.size());
    out.bytes = AlignedBuffer<std::byte>(bytes_a + bytes_b);
    const std::span all(out.bytes.data(), bytes_a + bytes_b);
    const auto part_a = all.first(numeric::row_bytes(format_a, change.a.size())), part_b = all.subspan(bytes_a);
    numeric::encode(format_a, change.a, part_a);
    numeric::encode(format_b, b, part_b);
    out.a = kernels::Matrix(kernels, format_a, change.rank, change.cols, part_a, pool);
    out.b = kernels::Matrix(kernels, format_b, change.rows, change.rank, part_b, pool);
  }
};

// "blk.3.attn_q.weight" → 3, and "attn_q" into `name`; no layer of the model: its number of layers.
std::size_t layer_of(std::string_view matrix, const DecoderSpec& spec, std::string_view& name) {
  constexpr std::string_view kPrefix = "blk.", kSuffix = ".weight";
  std::size_t layer = spec.layers.size();
  if (!matrix.starts_with(kPrefix) || !matrix.ends_with(kSuffix)) return layer;
  const std::string_view rest = matrix.substr(kPrefix.size(), matrix.size() - kPrefix.size() - kSuffix.size());
  const auto dot = rest.find('.');
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    if (std::to_string(i) == rest.substr(0, dot)) layer = i;
  }
  if (dot != std::string_view::npos) name = rest.substr(dot + 1);
  return layer;
}

}  // namespace

Adapter::Adapter(const formats::LoraAdapter& source, const DecoderSpec& spec, const kernels::KernelTable& kernels,
                 ThreadPool& pool)
    : name_(source.name), layers_(spec.layers.size()) {
  if (!source.architecture.empty() && source.architecture != spec.architecture) {
    fail(ErrorCode::invalid_input, "{} was made for the architecture '{}', this model is '{}'", name_,
         source.architecture, spec.architecture);
  }
  for (const auto& [matrix, change] : source.changes) {
    std::string_view name;
    const std::size_t layer = layer_of(matrix, spec, name);
    const Place place = layer < layers_.size() ? place_of(name, spec, spec.layers[layer]) : Place{};
    if (place.matrix == nullptr) fail(ErrorCode::unsupported, "{}: '{}' can't be adapted in this model", name_, matrix);
    if (place.rows != change.rows || place.cols != change.cols) {
      fail(ErrorCode::invalid_input, "{}: the change of '{}' is {} × {}, the matrix is {} × {}", name_, matrix,
           change.rows, change.cols, place.rows, place.cols);
    }
    LowRank& here = layers_[layer].*place.matrix;
    Loader{kernels, pool}.load(change, here);
    max_rank_ = std::max(max_rank_, change.rank);
    size_bytes_ += here.bytes.size() + here.a.owned_bytes() + here.b.owned_bytes();
  }
}

formats::AdapterTarget adapter_target(const DecoderSpec& spec) {
  return {.interleaved_head = spec.rope.layout == RopeLayout::interleaved ? spec.key_size : 0};
}

}  // namespace minnow::models
