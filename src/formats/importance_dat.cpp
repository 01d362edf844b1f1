// The importance files that llama.cpp wrote before it had them in GGUF (.dat), little-endian:
//
//   i32 n_entries, then for each:  i32 length  [length] the tensor's name  i32 n_calls  i32 n_values  f32[n_values]
//   i32 n_chunks   i32 length  [length] the text's name                       (both left out by the oldest)
//
// A value is the mean square of a column's inputs times n_calls; an entry of a stack of experts has the columns of one
// after another.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/byte_reader.hpp"
#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/importance.hpp"

namespace minnow::formats {
namespace {

constexpr std::int32_t kMostEntries = 1 << 20;
constexpr std::int32_t kLongestName = 1 << 12;

std::uint64_t count(ByteReader& in, std::int32_t most, const char* what) {
  const auto value = in.read<std::int32_t>(what);
  if (value >= 1 && value <= most) return static_cast<std::uint64_t>(value);
  fail(ErrorCode::invalid_input, "{} is no importance matrix, neither in GGUF nor an older .dat ({} can't be {})",
       in.name(), what, value);
}

ColumnSums read_sums(ByteReader& in, const std::string& tensor) {
  const auto calls = in.read<std::int32_t>("the number of calls");
  const std::uint64_t n_values = count(in, std::numeric_limits<std::int32_t>::max(), "the number of columns");
  const auto bytes = in.take(n_values * sizeof(float), "the values of a tensor");
  ColumnSums sums{.sum_of_squares = std::vector<float>(n_values), .counts = {static_cast<float>(std::max(calls, 0))}};
  std::memcpy(sums.sum_of_squares.data(), bytes.data(), bytes.size());
  if (!std::ranges::all_of(sums.sum_of_squares, [](float value) { return value >= 0 && std::isfinite(value); })) {
    fail(ErrorCode::invalid_input, "{}: {} holds a value that is negative or no number", in.name(), printable(tensor));
  }
  return sums;
}

}  // namespace

Importance Importance::from_dat(std::span<const std::byte> bytes, const std::string& name) {
  ByteReader in(bytes, name);
  Importance importance;
  importance.name_ = name;
  const std::uint64_t n_entries = count(in, kMostEntries, "the number of tensors");
  for (std::uint64_t i = 0; i < n_entries; ++i) {
    const std::string tensor(in.take_text(count(in, kLongestName, "the length of a name"), "the name of a tensor"));
    importance.set(tensor, read_sums(in, tensor));
  }
  if (in.remaining() == 0) return importance;
  importance.chunk_count = static_cast<std::uint64_t>(std::max(in.read<std::int32_t>("the number of chunks"), 0));
  if (in.remaining() == 0) return importance;
  const auto length = in.read<std::int32_t>("the length of the text's name");
  importance.datasets.emplace_back(
      in.take_text(static_cast<std::uint64_t>(std::max(length, 0)), "the name of the text"));
  return importance;
}

}  // namespace minnow::formats
