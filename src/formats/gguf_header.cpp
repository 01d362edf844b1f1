#include "formats/gguf_header.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "base/checked.hpp"
#include "base/error.hpp"
#include "formats/gguf_layout.hpp"
#include "formats/gguf_text.hpp"
#include "formats/gguf_values.hpp"

namespace minnow::formats::gguf {
namespace {

struct Counts {
  std::uint64_t tensors, keys;
};

void check_magic(ByteReader& in) {
  if (in.remaining() < 2 * sizeof(std::uint32_t) || in.read<std::uint32_t>("the magic number") != kMagic) {
    fail(ErrorCode::invalid_input, "{} is not a GGUF file: it doesn't begin with \"GGUF\"", in.name());
  }
}

std::uint32_t read_version(ByteReader& in) {
  const auto version = in.read<std::uint32_t>("the version");
  if (version == 2 || version == 3) return version;
  if (__builtin_bswap32(version) <= kVersion && version != 0) {
    fail(ErrorCode::unsupported, "{} is a big-endian GGUF file; minnow reads little-endian ones", in.name());
  }
  fail(ErrorCode::unsupported, "{} is GGUF version {}; minnow reads versions 2 and 3", in.name(), version);
}

// The smallest key is a length, a byte, a type and a byte; the smallest tensor has one dimension.
Counts read_counts(ByteReader& in) {
  constexpr std::uint64_t kSmallestKey = 8 + 1 + 4 + 1;
  constexpr std::uint64_t kSmallestTensor = 8 + 1 + 4 + 8 + 4 + 8;
  Counts counts{};
  counts.tensors = in.read<std::uint64_t>("the tensor count");
  counts.keys = in.read<std::uint64_t>("the key count");
  const std::uint64_t most_tensors = std::min(kMaxTensors, in.remaining() / kSmallestTensor);
  const std::uint64_t most_keys = std::min(kMaxKeys, in.remaining() / kSmallestKey);
  if (counts.tensors > most_tensors) {
    fail(ErrorCode::invalid_input, "{} claims {} tensors but can hold at most {}", in.name(), counts.tensors,
         most_tensors);
  }
  if (counts.keys > most_keys) {
    fail(ErrorCode::invalid_input, "{} claims {} metadata keys but can hold at most {}", in.name(), counts.keys,
         most_keys);
  }
  return counts;
}

Metadata read_metadata(ByteReader& in, std::uint64_t n_keys) {
  Metadata metadata;
  std::unordered_set<std::string_view> seen;
  std::uint64_t elements_left = kMaxArrayElements;
  for (std::uint64_t i = 0; i < n_keys; ++i) {
    const std::string_view key = read_text(in, "a metadata key");
    if (key.empty() || key.size() > kMaxKeyLength) {
      fail(ErrorCode::invalid_input, "{}: metadata key {} has a name of {} bytes; 1 to {} are allowed", in.name(), i,
           key.size(), kMaxKeyLength);
    }
    if (!seen.insert(key).second)
      fail(ErrorCode::invalid_input, "{}: metadata {} appears twice", in.name(), printable(key));
    metadata.append(std::string(key), read_value(in, key, elements_left));
  }
  return metadata;
}

// The offset is as the file has it, from the start of the data.
TensorInfo read_tensor(ByteReader& in) {
  TensorInfo tensor;
  const std::string_view name = read_text(in, "a tensor's name");
  if (name.empty() || name.size() > kMaxKeyLength) {
    fail(ErrorCode::invalid_input, "{}: a tensor has a name of {} bytes; 1 to {} are allowed", in.name(), name.size(),
         kMaxKeyLength);
  }
  tensor.name = name;
  const auto n_dimensions = in.read<std::uint32_t>("a tensor's number of dimensions");
  std::array<std::uint64_t, 4> shape{};
  if (n_dimensions == 0 || n_dimensions > shape.size()) {
    fail(ErrorCode::invalid_input, "{}: tensor {} has {} dimensions; 1 to {} are allowed", in.name(), printable(name),
         n_dimensions, shape.size());
  }
  for (std::uint32_t i = 0; i < n_dimensions; ++i) shape[i] = in.read<std::uint64_t>("a tensor's shape");
  tensor.format = format_of(in.read<std::uint32_t>("a tensor's type"), name, in.name());
  set_shape(tensor, std::span(shape).first(n_dimensions), in.name());
  tensor.offset = in.read<std::uint64_t>("a tensor's offset");
  return tensor;
}

// Makes the offset count from the start of the file once it is known to be good.
void place_tensor(TensorInfo& tensor, std::uint64_t data_start, std::uint64_t alignment, const ByteReader& in,
                  std::uint64_t file_size) {
  if (tensor.offset % alignment != 0) {
    fail(ErrorCode::invalid_input, "{}: tensor {} begins at offset {}, which is not a multiple of {}", in.name(),
         printable(tensor.name), tensor.offset, alignment);
  }
  const auto begin = checked_add(data_start, tensor.offset);
  const auto end = begin ? checked_add(*begin, tensor.size_bytes) : std::nullopt;
  if (!end || *end > file_size) {
    fail(ErrorCode::invalid_input,
         "{}: tensor {} ({} bytes at offset {} of the data) runs past the end of the file; is the download complete?",
         in.name(), printable(tensor.name), tensor.size_bytes, tensor.offset);
  }
  tensor.offset = *begin;
}

void refuse_overlaps(const std::vector<TensorInfo>& tensors, std::string_view file) {
  std::vector<const TensorInfo*> by_offset;
  for (const TensorInfo& tensor : tensors) by_offset.push_back(&tensor);
  std::sort(by_offset.begin(), by_offset.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
  for (std::size_t i = 1; i < by_offset.size(); ++i) {
    const TensorInfo& before = *by_offset[i - 1];
    if (before.offset + before.size_bytes > by_offset[i]->offset) {
      fail(ErrorCode::invalid_input, "{}: tensors {} and {} overlap", file, printable(before.name),
           printable(by_offset[i]->name));
    }
  }
}

}  // namespace

Header read_header(std::span<const std::byte> file, std::string_view name) {
  ByteReader in(file.first(std::min<std::size_t>(file.size(), kMaxHeaderBytes)), name);
  check_magic(in);
  Header header;
  header.version = read_version(in);
  const Counts counts = read_counts(in);
  header.metadata = read_metadata(in, counts.keys);
  const std::uint64_t alignment = alignment_of(header.metadata, name);
  for (std::uint64_t i = 0; i < counts.tensors; ++i) header.tensors.push_back(read_tensor(in));
  const std::uint64_t data_start = align_up(in.position(), alignment);
  for (TensorInfo& tensor : header.tensors) place_tensor(tensor, data_start, alignment, in, file.size());
  refuse_overlaps(header.tensors, name);
  return header;
}

bool has_magic(std::span<const std::byte> file) {
  std::uint32_t begin = 0;
  if (file.size() < sizeof begin) return false;
  std::memcpy(&begin, file.data(), sizeof begin);
  return begin == kMagic;
}

}  // namespace minnow::formats::gguf
