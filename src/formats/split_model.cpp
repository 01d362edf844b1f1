#include "formats/split_model.hpp"

#include <algorithm>
#include <iterator>

#include "base/error.hpp"
#include "formats/gguf_layout.hpp"
#include "formats/gguf_text.hpp"

namespace minnow::formats::gguf {
namespace {

constexpr std::string_view kNumberKey = "split.no";
constexpr std::string_view kCountKey = "split.count";
constexpr std::string_view kTensorsKey = "split.tensors.count";
constexpr std::uint64_t kMaxParts = 99999;  // five digits in the name

bool describes_one_part(std::string_view key) {
  return key == kNumberKey || key == kAlignmentKey || key == kTensorsKey || key == kCountKey;
}

// Later parts may leave keys out, but what they say must be what the first says.
void check_part(const Part& first, const Part& part, std::uint64_t index, std::uint64_t count) {
  const Metadata& metadata = part.header.metadata;
  if (split_count(metadata, part.name) != count) {
    fail(ErrorCode::invalid_input, "{} says the model has {} parts, but {} says {}", part.name,
         split_count(metadata, part.name), first.name, count);
  }
  if (const auto number = metadata.unsigned_integer(kNumberKey); number && *number != index) {
    fail(ErrorCode::invalid_input, "{} says it is part {}, but its name makes it part {} of {}", part.name, *number + 1,
         index + 1, count);
  }
  if (&part == &first) return;
  for (const auto& [key, value] : metadata.entries()) {
    const MetadataValue* in_first = first.header.metadata.find(key);
    if (in_first != nullptr && !describes_one_part(key) && *in_first != value) {
      fail(ErrorCode::invalid_input, "{} and {} disagree about metadata {}; they are parts of different models",
           first.name, part.name, printable(key));
    }
  }
}

}  // namespace

std::uint64_t split_count(const Metadata& metadata, std::string_view file) {
  const std::uint64_t count = metadata.unsigned_integer(kCountKey).value_or(1);
  if (count > kMaxParts) fail(ErrorCode::invalid_input, "{}: {} is {}; at most {}", file, kCountKey, count, kMaxParts);
  return std::max<std::uint64_t>(count, 1);  // some tools write 0 for a model in one piece
}

Header join(std::vector<Part> parts) {
  const auto expected = parts.front().header.metadata.unsigned_integer(kTensorsKey);
  std::vector<TensorInfo> tensors;
  for (std::size_t index = 0; index < parts.size(); ++index) {
    Part& part = parts[index];
    check_part(parts.front(), part, index, parts.size());
    for (TensorInfo& tensor : part.header.tensors) tensor.part = index;
    std::move(part.header.tensors.begin(), part.header.tensors.end(), std::back_inserter(tensors));
  }
  if (expected && *expected != tensors.size()) {
    fail(ErrorCode::invalid_input, "{} says the model has {} tensors in all its parts, but they hold {}",
         parts.front().name, *expected, tensors.size());
  }
  Header whole = std::move(parts.front().header);
  whole.tensors = std::move(tensors);
  for (const std::string_view key : {kNumberKey, kCountKey, kTensorsKey}) whole.metadata.erase(key);
  return whole;
}

}  // namespace minnow::formats::gguf
