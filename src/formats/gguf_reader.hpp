// Reads GGUF v2 and v3, one file or the parts of a split one, without copying the tensors.
//
//   GgufFile file = GgufFile::open("model.gguf");
//   if (const TensorInfo* tensor = file.find("token_embd.weight")) use(file.data(*tensor));
//
// Everything is checked against the file before it is believed; what is wrong becomes one Error.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mapped_file.hpp"
#include "formats/metadata.hpp"
#include "numeric/format.hpp"

namespace minnow::formats {

namespace gguf {
struct Header;
}

struct TensorInfo {
  std::string name;
  numeric::Format format = numeric::Format::f32;
  std::array<std::uint64_t, 4> shape{1, 1, 1, 1};  // shape[0] varies fastest: a row's length
  std::size_t n_dimensions = 1;
  std::uint64_t size_bytes = 0;
  std::size_t part = 0;      // which file of a split model
  std::uint64_t offset = 0;  // from the start of that file

  std::uint64_t row_length() const { return shape[0]; }
  std::uint64_t n_rows() const { return shape[1] * shape[2] * shape[3]; }
};

class GgufFile {
 public:
  // `path` may be any part of a split model ("-00002-of-00003.gguf"): all parts are opened.
  // The metadata is the first part's, without the keys that describe the split.
  // Throws Error(not_found, io, invalid_input, unsupported).
  static GgufFile open(const std::filesystem::path& path);
  // `bytes` must outlive the GgufFile; `name` is what errors call it.
  static GgufFile from_memory(std::span<const std::byte> bytes, std::string_view name);

  const Metadata& metadata() const { return metadata_; }
  std::span<const TensorInfo> tensors() const { return tensors_; }
  const TensorInfo* find(std::string_view name) const;
  std::span<const std::byte> data(const TensorInfo& tensor) const;
  // The tensor's numbers, row after row.
  std::vector<float> values(const TensorInfo& tensor) const;
  // Puts other bytes in the place of a tensor's, in another format perhaps, until its old description is given back to
  // restore(). `bytes` must live until then. Throws Error(internal) for bytes that don't fit the shape.
  TensorInfo substitute(std::string_view name, numeric::Format format, std::span<const std::byte> bytes);
  void restore(const TensorInfo& original);
  // Tells the system that this tensor's pages won't be read again soon. A hint; does nothing for from_memory.
  void release(const TensorInfo& tensor) const;

  const std::string& name() const { return name_; }  // the first file's path
  std::uint64_t size_bytes() const;                  // of all parts
  std::string sha256() const;                        // of all parts in order; reads everything
  // Of each part when it was opened; none for from_memory.
  std::vector<FileStamp> stamps() const;
  std::uint32_t version() const { return version_; }

 private:
  // Takes over what the header says and indexes the tensors. Throws Error(invalid_input) for a repeated name.
  void take(gguf::Header&& header, std::string name);

  std::string name_;
  std::uint32_t version_ = 3;
  Metadata metadata_;
  std::vector<TensorInfo> tensors_;
  std::unordered_map<std::string_view, std::size_t> by_name_;  // views into tensors_
  std::vector<MappedFile> files_;
  std::vector<std::span<const std::byte>> parts_;
};

}  // namespace minnow::formats
