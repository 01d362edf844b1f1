#include "formats/lora_adapter.hpp"

#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "formats/gguf_reader.hpp"
#include "formats/gguf_writer.hpp"
#include "formats/peft_adapter.hpp"

namespace minnow::formats {
namespace {

constexpr std::string_view kSuffixA = ".lora_a";
constexpr std::string_view kSuffixB = ".lora_b";

LoraAdapter read_gguf_adapter(const std::filesystem::path& path) {
  const GgufFile file = GgufFile::open(path);
  const Metadata& metadata = file.metadata();
  if (metadata.text("general.type") != "adapter" || metadata.text("adapter.type") != "lora") {
    fail(ErrorCode::invalid_input, "{} is not a LoRA adapter (general.type is '{}')", file.name(),
         metadata.text("general.type").value_or(""));
  }
  const auto alpha = metadata.number("adapter.lora.alpha");
  if (!alpha || !std::isfinite(*alpha))
    fail(ErrorCode::invalid_input, "{}: adapter.lora.alpha is missing", file.name());
  LoraAdapter adapter{.name = path.string(),
                      .architecture = std::string(metadata.text("general.architecture").value_or(""))};
  for (const TensorInfo& a : file.tensors()) {
    if (a.name.ends_with(kSuffixB) &&
        file.find(a.name.substr(0, a.name.size() - kSuffixB.size()) + std::string(kSuffixA))) {
      continue;
    }
    const std::string matrix = a.name.substr(0, a.name.rfind('.'));
    const TensorInfo* b = file.find(matrix + std::string(kSuffixB));
    if (!a.name.ends_with(kSuffixA) || b == nullptr) {
      fail(ErrorCode::unsupported, "{}: tensor '{}' has no place in a LoRA adapter", file.name(), a.name);
    }
    const auto rank = static_cast<std::size_t>(a.n_rows());
    adapter.changes[matrix] = {.rank = rank,
                               .rows = static_cast<std::size_t>(b->n_rows()),
                               .cols = static_cast<std::size_t>(a.row_length()),
                               .a = file.values(a),
                               .b = file.values(*b),
                               .scale = rank == 0 ? 1.0f : static_cast<float>(*alpha / static_cast<double>(rank))};
    if (b->row_length() != rank) {
      fail(ErrorCode::invalid_input, "{}: '{}' is of rank {} and its counterpart of rank {}", file.name(), a.name, rank,
           b->row_length());
    }
  }
  return adapter;
}

void require_finite(const LoraAdapter& adapter) {
  if (adapter.changes.empty()) fail(ErrorCode::invalid_input, "{}: the adapter changes nothing", adapter.name);
  for (const auto& [matrix, change] : adapter.changes) {
    if (change.rank == 0) fail(ErrorCode::invalid_input, "{}: the change of '{}' is of rank 0", adapter.name, matrix);
    for (const auto* values : {&change.a, &change.b}) {
      for (const float value : *values) {
        if (!std::isfinite(value)) {
          fail(ErrorCode::invalid_input, "{}: the change of '{}' holds a value that is no number", adapter.name,
               matrix);
        }
      }
    }
  }
}

}  // namespace

LoraAdapter read_adapter(const std::filesystem::path& path, const AdapterTarget& target) {
  LoraAdapter adapter = std::filesystem::is_directory(path) ? read_peft_adapter(path, target) : read_gguf_adapter(path);
  require_finite(adapter);
  return adapter;
}

void write_adapter(const std::filesystem::path& path, const LoraAdapter& adapter) {
  GgufWriter out;
  out.metadata().set("general.type", std::string("adapter"));
  out.metadata().set("adapter.type", std::string("lora"));
  if (!adapter.architecture.empty()) out.metadata().set("general.architecture", adapter.architecture);
  const auto& first = adapter.changes.begin()->second;
  const double alpha = static_cast<double>(first.scale) * static_cast<double>(first.rank);
  out.metadata().set("adapter.lora.alpha", alpha);
  for (const auto& [matrix, change] : adapter.changes) {
    out.add_tensor(matrix + std::string(kSuffixA), numeric::Format::f32, {change.cols, change.rank});
    out.add_tensor(matrix + std::string(kSuffixB), numeric::Format::f32, {change.rank, change.rows});
  }
  out.write(path, [&](const TensorInfo& tensor, const GgufWriter::Sink& sink) {
    const LowRankChange& change = adapter.changes.at(tensor.name.substr(0, tensor.name.rfind('.')));
    if (tensor.name.ends_with(kSuffixA)) return sink(std::as_bytes(std::span(change.a)));
    // One alpha stands for all: what a rank of its own makes of it goes into the values.
    const double own_scale = alpha / static_cast<double>(change.rank);
    std::vector<float> b = change.b;
    for (float& value : b) value = static_cast<float>(value * static_cast<double>(change.scale) / own_scale);
    sink(std::as_bytes(std::span(b)));
  });
}

}  // namespace minnow::formats
