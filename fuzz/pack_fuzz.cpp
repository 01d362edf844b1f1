// Opens any bytes as a pack of weights. The checksums are made right first: without that no change to the table would
// ever be looked at. The first byte says how many 64-byte lines of the input are weights; the rest is the table.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/checksum.hpp"
#include "formats/pack_table.hpp"
#include "minnow/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace minnow;
  using namespace minnow::formats;
  if (size == 0) return 0;
  const auto input = std::as_bytes(std::span(data, size)).subspan(1);
  const std::size_t n_weights = std::min<std::size_t>(std::size_t{data[0]} * 64, input.size());
  const auto table = input.subspan(n_weights);
  std::vector<std::byte> file(kPackDataOffset + input.size());
  if (!input.empty()) std::memcpy(file.data() + kPackDataOffset, input.data(), input.size());
  const auto header = encode_pack_header(
      {.table_offset = kPackDataOffset + n_weights, .table_bytes = table.size(), .table_checksum = checksum(table)});
  std::memcpy(file.data(), header.data(), header.size());
  volatile std::uint64_t sum = 0;
  try {
    const PackFile pack = PackFile::from_memory(file, "fuzzed");
    for (const PackedMatrix& matrix : pack.table().matrices) {
      if (pack.find(matrix.name) != &matrix) __builtin_trap();
      sum = sum + checksum(pack.data(matrix));
    }
    for (std::size_t i = 0; i < pack.n_chunks(); ++i) sum = sum + (pack.chunk_is_intact(i) ? 1 : 0);
  } catch (const Error&) {
  }
  std::vector<std::byte> head(kPackDataOffset);
  constexpr std::size_t kSettingsText = kPackSettingsOffset + 2 * sizeof(std::uint64_t);
  const std::uint64_t size_of_text = std::min(input.size(), head.size() - kSettingsText);
  std::memcpy(head.data() + kSettingsText - sizeof size_of_text, &size_of_text, sizeof size_of_text);
  if (size_of_text > 0) std::memcpy(head.data() + kSettingsText, input.data(), size_of_text);
  const std::uint64_t sum_of_text =
      checksum(std::span(head).subspan(kPackSettingsOffset + sizeof sum_of_text, sizeof size_of_text + size_of_text));
  std::memcpy(head.data() + kPackSettingsOffset, &sum_of_text, sizeof sum_of_text);
  sum = sum + decode_pack_settings(head).size();
  try {
    (void)PackFile::from_memory(input, "raw");
  } catch (const Error&) {
  }
  return 0;
}
