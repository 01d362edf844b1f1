#include "formats/gguf_writer.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "base/error.hpp"
#include "base/file.hpp"
#include "formats/gguf_encoding.hpp"
#include "formats/gguf_layout.hpp"
#include "formats/gguf_text.hpp"

namespace minnow::formats {
namespace {

// Moves each tensor to its place in the file, one after another. Returns the header's bytes, padding included.
std::string lay_out(const Metadata& metadata, std::vector<TensorInfo>& tensors, std::uint64_t alignment) {
  std::uint64_t from_data = 0;
  for (TensorInfo& tensor : tensors) {
    tensor.offset = from_data;
    from_data = gguf::align_up(from_data + tensor.size_bytes, alignment);
  }
  std::string header = gguf::encode_header(metadata, tensors);
  header.resize(gguf::align_up(header.size(), alignment));
  for (TensorInfo& tensor : tensors) tensor.offset += header.size();
  return header;
}

}  // namespace

void GgufWriter::add_tensor(std::string_view name, numeric::Format format, std::span<const std::uint64_t> shape) {
  constexpr std::string_view kFile = "the new file";
  if (name.empty() || name.size() > gguf::kMaxKeyLength) {
    fail(ErrorCode::invalid_input, "{}: a tensor has a name of {} bytes; 1 to {} are allowed", kFile, name.size(),
         gguf::kMaxKeyLength);
  }
  if (!names_.insert(std::string(name)).second) {
    fail(ErrorCode::invalid_input, "{}: tensor {} appears twice", kFile, printable(name));
  }
  TensorInfo tensor;
  tensor.name = name;
  tensor.format = format;
  gguf::set_shape(tensor, shape, kFile);
  tensors_.push_back(std::move(tensor));
}

void GgufWriter::write(const std::filesystem::path& path,
                       FunctionRef<void(const TensorInfo&, const Sink&)> produce) const {
  const std::uint64_t alignment = gguf::alignment_of(metadata_, path.string());
  std::vector<TensorInfo> tensors = tensors_;
  const std::string header = lay_out(metadata_, tensors, alignment);

  AtomicFile file(path);
  file.write(header);
  for (const TensorInfo& tensor : tensors) {
    std::uint64_t written = 0;
    produce(tensor, [&](std::span<const std::byte> bytes) {
      written += bytes.size();
      if (written > tensor.size_bytes) {
        fail(ErrorCode::internal, "tensor {} was given more than its {} bytes", printable(tensor.name),
             tensor.size_bytes);
      }
      file.write(bytes);
    });
    if (written != tensor.size_bytes) {
      fail(ErrorCode::internal, "tensor {} was given {} of its {} bytes", printable(tensor.name), written,
           tensor.size_bytes);
    }
    file.write(std::string(gguf::align_up(written, alignment) - written, '\0'));
  }
  file.commit();
}

}  // namespace minnow::formats
