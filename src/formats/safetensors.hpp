// Reads safetensors files, one or the shards of a folder, without copying the tensors.
//
//   SafetensorsModel weights = SafetensorsModel::open_folder("SmolLM2-135M");
//   const SafetensorsTensor* tensor = weights.find("model.norm.weight");
//
// The header is checked against the file before it is believed: shapes agree with bytes, and tensors neither overlap
// nor leave holes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mapped_file.hpp"
#include "numeric/format.hpp"

namespace minnow::formats {

struct SafetensorsTensor {
  std::string name;
  std::string type;                       // as the file writes it: "BF16"
  std::optional<numeric::Format> format;  // of F32, F16 and BF16; other types can be stepped over but not read
  std::vector<std::uint64_t> shape;       // a row's length comes last
  std::uint64_t n_values = 0;
  std::span<const std::byte> data;
};

class SafetensorsModel {
 public:
  // One file. Throws Error(not_found, io, invalid_input).
  static SafetensorsModel open_file(const std::filesystem::path& path);
  // model.safetensors, or the shards that model.safetensors.index.json lists.
  static SafetensorsModel open_folder(const std::filesystem::path& folder);
  // `bytes` must outlive the model; `name` is what errors call it.
  static SafetensorsModel from_memory(std::span<const std::byte> bytes, const std::string& name);

  std::span<const SafetensorsTensor> tensors() const { return tensors_; }
  const SafetensorsTensor* find(std::string_view name) const;
  // Tells the system that this tensor's pages won't be read again soon. A hint; does nothing for from_memory.
  void release(const SafetensorsTensor& tensor) const;

 private:
  void add_file(std::span<const std::byte> bytes, const std::string& name);

  std::vector<MappedFile> files_;
  std::vector<SafetensorsTensor> tensors_;
  std::unordered_map<std::string, std::size_t> by_name_;
};

// The values from `first` on, as f32. Throws Error(unsupported) for a type we can't read.
// Precondition: first + values.size() ≤ n_values.
void read_values(const SafetensorsTensor& tensor, std::uint64_t first, std::span<float> values);

}  // namespace minnow::formats
