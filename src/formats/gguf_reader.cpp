#include "formats/gguf_reader.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "formats/gguf_header.hpp"
#include "formats/gguf_text.hpp"
#include "formats/split_model.hpp"
#include "formats/split_name.hpp"

namespace minnow::formats {
namespace {

using gguf::Part;

// The path of each part, `path` among them. Throws Error(invalid_input) when the names can't tell.
std::vector<std::filesystem::path> part_paths(const std::filesystem::path& path, std::uint64_t count) {
  if (count == 1) return {path};
  const auto name = parse_split_name(path);
  if (!name || name->count != count) {
    fail(ErrorCode::invalid_input,
         "{} is one of {} parts of a model, which must be named like model-00001-of-{:05}.gguf", path.string(), count,
         count);
  }
  return all_split_paths(*name);
}

MappedFile open_part(const std::filesystem::path& path, std::size_t index, std::size_t count) {
  try {
    return MappedFile(path);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    fail(ErrorCode::not_found, "{} is missing: it is part {} of {} of this model, and all are needed", path.string(),
         index + 1, count);
  }
}

}  // namespace

GgufFile GgufFile::open(const std::filesystem::path& path) {
  MappedFile given(path);
  gguf::Header header = gguf::read_header(given.bytes(), path.string());
  const auto paths = part_paths(path, gguf::split_count(header.metadata, path.string()));

  GgufFile file;
  std::vector<Part> parts;
  for (std::size_t index = 0; index < paths.size(); ++index) {
    const std::string name = paths[index].string();
    if (paths[index] == path) {
      file.files_.push_back(std::move(given));
      parts.push_back({name, std::move(header)});
    } else {
      file.files_.push_back(open_part(paths[index], index, paths.size()));
      parts.push_back({name, gguf::read_header(file.files_.back().bytes(), name)});
    }
    file.parts_.push_back(file.files_.back().bytes());
  }
  file.take(gguf::join(std::move(parts)), paths.front().string());
  return file;
}

GgufFile GgufFile::from_memory(std::span<const std::byte> bytes, std::string_view name) {
  gguf::Header header = gguf::read_header(bytes, name);
  if (gguf::split_count(header.metadata, name) != 1) {
    fail(ErrorCode::unsupported, "{} is one part of a split model; such models can be opened from files only", name);
  }
  GgufFile file;
  file.parts_.push_back(bytes);
  std::vector<Part> parts;
  parts.push_back({std::string(name), std::move(header)});
  file.take(gguf::join(std::move(parts)), std::string(name));
  return file;
}

void GgufFile::take(gguf::Header&& header, std::string name) {
  name_ = std::move(name);
  version_ = header.version;
  metadata_ = std::move(header.metadata);
  tensors_ = std::move(header.tensors);
  by_name_.reserve(tensors_.size());
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    if (!by_name_.emplace(tensors_[i].name, i).second) {
      fail(ErrorCode::invalid_input, "{}: tensor {} appears twice", name_, printable(tensors_[i].name));
    }
  }
}

const TensorInfo* GgufFile::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &tensors_[found->second];
}

std::span<const std::byte> GgufFile::data(const TensorInfo& tensor) const {
  assert(tensor.part < parts_.size());
  return parts_[tensor.part].subspan(static_cast<std::size_t>(tensor.offset),
                                     static_cast<std::size_t>(tensor.size_bytes));
}

std::vector<float> GgufFile::values(const TensorInfo& tensor) const {
  std::vector<float> values(static_cast<std::size_t>(tensor.row_length() * tensor.n_rows()));
  numeric::decode(tensor.format, data(tensor), values);
  return values;
}

TensorInfo GgufFile::substitute(std::string_view name, numeric::Format format, std::span<const std::byte> bytes) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) fail(ErrorCode::internal, "{}: there is no tensor {}", name_, printable(name));
  TensorInfo& tensor = tensors_[found->second];
  if (tensor.row_length() % numeric::info(format).block_values != 0 ||
      bytes.size() != tensor.n_rows() * numeric::row_bytes(format, tensor.row_length())) {
    fail(ErrorCode::internal, "{}: {} bytes don't hold tensor {}", name_, bytes.size(), printable(name));
  }
  const TensorInfo original = tensor;
  tensor.format = format;
  tensor.size_bytes = bytes.size();
  tensor.part = parts_.size();
  tensor.offset = 0;
  parts_.push_back(bytes);
  return original;
}

void GgufFile::restore(const TensorInfo& original) {
  TensorInfo& tensor = tensors_[by_name_.at(original.name)];
  const std::size_t part = tensor.part;
  tensor = original;
  // Later substitutes keep their numbers; a part that nobody uses is empty, and the last ones are dropped.
  parts_[part] = {};
  while (parts_.size() > 1 && parts_.back().empty()) parts_.pop_back();
}

void GgufFile::release(const TensorInfo& tensor) const {
  if (tensor.part < files_.size()) MappedFile::release(data(tensor));
}

std::uint64_t GgufFile::size_bytes() const {
  std::uint64_t size = 0;
  for (const auto& part : parts_) size += part.size();
  return size;
}

std::vector<FileStamp> GgufFile::stamps() const {
  std::vector<FileStamp> stamps;
  for (const MappedFile& file : files_) stamps.push_back(file.stamp());
  return stamps;
}

std::string GgufFile::sha256() const {
  constexpr std::size_t kStep = std::size_t{8} << 20;
  Sha256 hash;
  for (auto rest : parts_) {
    while (!rest.empty()) {
      const auto piece = rest.first(std::min(kStep, rest.size()));
      hash.add(piece);
      // Weights that were repacked are not read again: without this, hashing would bring the whole file back.
      if (!files_.empty()) MappedFile::release(piece);
      rest = rest.subspan(piece.size());
    }
  }
  return hash.hex();
}

}  // namespace minnow::formats
