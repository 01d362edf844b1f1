// Writes a GGUF v3 file: metadata first, then every tensor's description, then their bytes.
//
//   GgufWriter out;
//   out.metadata().set("general.architecture", std::string("llama"));
//   out.add_tensor("token_embd.weight", Format::f16, {2048, 32000});
//   out.write("model.gguf", [&](const TensorInfo& tensor, const GgufWriter::Sink& sink) { sink(bytes_of(tensor)); });
//
// Tensors are streamed one at a time, so a file larger than memory can be written. The file appears under its
// name only when it is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/function_ref.hpp"
#include "formats/gguf_reader.hpp"

namespace minnow::formats {

class GgufWriter {
 public:
  using Sink = std::function<void(std::span<const std::byte>)>;  // may be called many times per tensor

  Metadata& metadata() { return metadata_; }
  // shape[0] varies fastest. Throws Error(invalid_input) for a repeated name or a row that doesn't fit the format.
  void add_tensor(std::string_view name, numeric::Format format, std::span<const std::uint64_t> shape);
  void add_tensor(std::string_view name, numeric::Format format, std::initializer_list<std::uint64_t> shape) {
    add_tensor(name, format, std::span(shape.begin(), shape.size()));
  }

  // Calls `produce` once per tensor in the order added; it must hand exactly size_bytes to the sink.
  void write(const std::filesystem::path& path, FunctionRef<void(const TensorInfo&, const Sink&)> produce) const;

 private:
  Metadata metadata_;
  std::vector<TensorInfo> tensors_;
  std::unordered_set<std::string> names_;
};

}  // namespace minnow::formats
