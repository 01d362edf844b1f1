// The file: u64 length of the header, the header as JSON, then the tensors' bytes without holes.
//
//   {"__metadata__": {…}, "name": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, …}
#include "formats/safetensors.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/byte_reader.hpp"
#include "base/checked.hpp"
#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/json_document.hpp"

namespace minnow::formats {
namespace {

using nlohmann::json;

constexpr std::uint64_t kHeaderLimit = 16 << 20;  // 100,000 tensors' worth
constexpr std::size_t kMaxDimensions = 8;

struct ElementType {
  std::string_view name;
  std::uint64_t bytes;
  std::optional<numeric::Format> format;
};

constexpr std::array kElementTypes = {
    ElementType{"F32", 4, numeric::Format::f32},
    ElementType{"F16", 2, numeric::Format::f16},
    ElementType{"BF16", 2, numeric::Format::bf16},
    ElementType{"F64", 8, {}},
    ElementType{"I64", 8, {}},
    ElementType{"U64", 8, {}},
    ElementType{"I32", 4, {}},
    ElementType{"U32", 4, {}},
    ElementType{"I16", 2, {}},
    ElementType{"U16", 2, {}},
    ElementType{"I8", 1, {}},
    ElementType{"U8", 1, {}},
    ElementType{"BOOL", 1, {}},
    ElementType{"F8_E4M3", 1, {}},
    ElementType{"F8_E5M2", 1, {}},
};

// One file's header against its bytes.
class HeaderReader {
 public:
  HeaderReader(std::span<const std::byte> data, const std::string& file) : data_(data), file_(file) {}

  SafetensorsTensor read(const std::string& name, const json& entry) const {
    SafetensorsTensor tensor;
    tensor.name = name;
    if (!entry.is_object()) refuse(name, "its entry is not an object");
    const ElementType& type = element_type(name, entry);
    tensor.type = type.name;
    tensor.format = type.format;
    tensor.shape = integers(name, entry, "shape", kMaxDimensions);
    const auto offsets = integers(name, entry, "data_offsets", 2);
    if (offsets.size() != 2 || offsets[0] > offsets[1]) refuse(name, "data_offsets must be a begin and an end");
    if (offsets[1] > data_.size()) refuse(name, "its data ends past the end of the file");

    tensor.n_values = 1;
    for (const std::uint64_t extent : tensor.shape) {
      const auto product = checked_multiply(tensor.n_values, extent);
      if (!product) refuse(name, "its shape is absurdly large");
      tensor.n_values = *product;
    }
    const auto size = checked_multiply(tensor.n_values, type.bytes);
    if (!size || *size != offsets[1] - offsets[0]) refuse(name, "its shape and its number of bytes disagree");
    tensor.data = data_.subspan(offsets[0], *size);
    return tensor;
  }

 private:
  [[noreturn]] void refuse(const std::string& name, std::string_view why) const {
    fail(ErrorCode::invalid_input, "{}: tensor {}: {}", file_, printable(name), why);
  }

  const ElementType& element_type(const std::string& name, const json& entry) const {
    const auto found = entry.find("dtype");
    if (found == entry.end() || !found->is_string()) refuse(name, "it has no dtype");
    const auto& text = found->get_ref<const std::string&>();
    for (const ElementType& type : kElementTypes) {
      if (type.name == text) return type;
    }
    fail(ErrorCode::unsupported, "{}: tensor {} has the unknown type {}", file_, printable(name), printable(text));
  }

  std::vector<std::uint64_t> integers(const std::string& name, const json& entry, const char* key,
                                      std::size_t limit) const {
    const auto found = entry.find(key);
    if (found == entry.end() || !found->is_array() || found->size() > limit) {
      refuse(name, fmt::format("{} must be an array of at most {} integers", key, limit));
    }
    std::vector<std::uint64_t> values;
    for (const json& value : *found) {
      if (!value.is_number_unsigned()) refuse(name, fmt::format("{} holds something else than sizes", key));
      values.push_back(value.get<std::uint64_t>());
    }
    return values;
  }

  std::span<const std::byte> data_;
  const std::string& file_;
};

// The format forbids both holes and overlaps: every byte belongs to one tensor.
void check_coverage(std::span<const SafetensorsTensor> tensors, std::span<const std::byte> data,
                    const std::string& file) {
  std::vector<const SafetensorsTensor*> order;
  for (const SafetensorsTensor& tensor : tensors) order.push_back(&tensor);
  const auto place = [](const SafetensorsTensor* tensor) {
    return std::pair(tensor->data.data(), tensor->data.size());
  };
  std::ranges::sort(order, {}, place);
  const std::byte* expected = data.data();
  for (const SafetensorsTensor* tensor : order) {
    if (tensor->data.data() != expected) {
      fail(ErrorCode::invalid_input, "{}: the data of tensor {} {}", file, printable(tensor->name),
           tensor->data.data() < expected ? "overlaps another's" : "follows a hole");
    }
    expected += tensor->data.size();
  }
  if (expected != data.data() + data.size()) {
    fail(ErrorCode::invalid_input, "{}: {} bytes at the end belong to no tensor", file,
         data.data() + data.size() - expected);
  }
}

// Shard files stand beside their index; a name that leaves the folder is an attack.
void check_file_name(const std::string& file, const std::string& index) {
  if (file.empty() || file == "." || file == ".." || file.find_first_of(std::string_view("/\\\0", 3)) != file.npos) {
    fail(ErrorCode::invalid_input, "{}: {} is not the name of a file in the same folder", index, printable(file));
  }
}

// Tensor to file, as model.safetensors.index.json says.
std::unordered_map<std::string, std::string> read_index(const std::filesystem::path& path) {
  const json index = read_json(path, kHeaderLimit);
  const auto map = index.find("weight_map");
  if (!index.is_object() || map == index.end() || !map->is_object()) {
    fail(ErrorCode::invalid_input, "{}: there is no weight_map", path.string());
  }
  std::unordered_map<std::string, std::string> files;
  for (const auto& [tensor, file] : map->items()) {
    if (!file.is_string()) {
      fail(ErrorCode::invalid_input, "{}: the file of {} is not text", path.string(), printable(tensor));
    }
    check_file_name(file.get_ref<const std::string&>(), path.string());
    files.emplace(tensor, file.get<std::string>());
  }
  return files;
}

}  // namespace

void SafetensorsModel::add_file(std::span<const std::byte> bytes, const std::string& name) {
  ByteReader in(bytes, name);
  const auto header_size = in.read<std::uint64_t>("the header's length");
  if (header_size > kHeaderLimit) {
    fail(ErrorCode::invalid_input, "{}: a header of {} bytes is not believable; is this a safetensors file?", name,
         header_size);
  }
  const json header = parse_json(in.take_text(header_size, "the header"), name);
  if (!header.is_object()) fail(ErrorCode::invalid_input, "{}: the header is not a JSON object", name);

  const auto data = bytes.subspan(in.position());
  const HeaderReader reader(data, name);
  const std::size_t first = tensors_.size();
  for (const auto& [tensor, entry] : header.items()) {
    if (tensor == "__metadata__") continue;
    tensors_.push_back(reader.read(tensor, entry));
    if (!by_name_.emplace(tensor, tensors_.size() - 1).second) {
      fail(ErrorCode::invalid_input, "{}: another file has tensor {} too", name, printable(tensor));
    }
  }
  check_coverage(std::span(tensors_).subspan(first), data, name);
}

SafetensorsModel SafetensorsModel::from_memory(std::span<const std::byte> bytes, const std::string& name) {
  SafetensorsModel model;
  model.add_file(bytes, name);
  return model;
}

SafetensorsModel SafetensorsModel::open_file(const std::filesystem::path& path) {
  SafetensorsModel model;
  model.files_.emplace_back(path);
  model.add_file(model.files_.back().bytes(), path.string());
  return model;
}

SafetensorsModel SafetensorsModel::open_folder(const std::filesystem::path& folder) {
  const auto single = folder / "model.safetensors";
  if (std::filesystem::exists(single)) return open_file(single);
  const auto index = folder / "model.safetensors.index.json";
  if (!std::filesystem::exists(index)) {
    fail(ErrorCode::not_found, "{}: there is neither model.safetensors nor model.safetensors.index.json here",
         folder.string());
  }
  const auto file_of = read_index(index);
  std::vector<std::string> files;
  for (const auto& [tensor, file] : file_of) files.push_back(file);
  std::ranges::sort(files);
  files.erase(std::unique(files.begin(), files.end()), files.end());

  SafetensorsModel model;
  for (const std::string& file : files) {
    const auto path = folder / file;
    if (!std::filesystem::exists(path)) {
      fail(ErrorCode::not_found, "{} is missing, which {} names; is the download complete?", path.string(),
           index.filename().string());
    }
    model.files_.emplace_back(path);
    model.add_file(model.files_.back().bytes(), path.string());
  }
  for (const auto& [tensor, file] : file_of) {
    if (model.find(tensor) == nullptr) {
      fail(ErrorCode::invalid_input, "{}: {} does not hold tensor {}", index.string(), printable(file),
           printable(tensor));
    }
  }
  return model;
}

const SafetensorsTensor* SafetensorsModel::find(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? nullptr : &tensors_[found->second];
}

void SafetensorsModel::release(const SafetensorsTensor& tensor) const {
  if (!files_.empty()) MappedFile::release(tensor.data);
}

void read_values(const SafetensorsTensor& tensor, std::uint64_t first, std::span<float> values) {
  if (!tensor.format) {
    fail(ErrorCode::unsupported, "tensor {} is stored as {}; only F32, F16 and BF16 can be converted",
         printable(tensor.name), tensor.type);
  }
  const std::size_t bytes = numeric::info(*tensor.format).block_bytes;
  numeric::decode(*tensor.format, tensor.data.subspan(first * bytes, values.size() * bytes), values);
}

}  // namespace minnow::formats
