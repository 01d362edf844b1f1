#include "formats/pack_file.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/pack_table.hpp"

namespace minnow::formats {

PackFile PackFile::open(const std::filesystem::path& path) {
  PackFile pack;
  pack.file_ = MappedFile(path);
  MappedFile::prefer_huge_pages(pack.file_.bytes());
  pack.bytes_ = pack.file_.bytes();
  pack.read(path.string());
  return pack;
}

PackFile PackFile::from_memory(std::span<const std::byte> bytes, std::string_view name) {
  PackFile pack;
  pack.bytes_ = bytes;
  pack.read(name);
  return pack;
}

void PackFile::read(std::string_view name) {
  const PackHeader header = decode_pack_header(bytes_, name);
  const auto table = bytes_.subspan(static_cast<std::size_t>(header.table_offset));
  if (checksum(table) != header.table_checksum) {
    fail(ErrorCode::invalid_input, "{}: the pack's table is damaged", name);
  }
  data_end_ = header.table_offset;
  model_stamp_ = header.model_stamp;
  settings_ = decode_pack_settings(bytes_.first(kPackDataOffset));
  table_ = decode_pack_table({reinterpret_cast<const char*>(table.data()), table.size()}, data_end_, std::string(name));
  for (std::size_t i = 0; i < table_.matrices.size(); ++i) {
    if (!by_name_.emplace(table_.matrices[i].name, i).second) {
      fail(ErrorCode::invalid_input, "{}: {} appears twice in the pack", name, printable(table_.matrices[i].name));
    }
  }
}

const PackedMatrix* PackFile::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &table_.matrices[found->second];
}

std::span<const std::byte> PackFile::data(const PackedMatrix& matrix) const {
  return bytes_.subspan(static_cast<std::size_t>(matrix.offset), static_cast<std::size_t>(matrix.size_bytes));
}

std::span<const std::byte> PackFile::chunk(std::size_t index) const {
  assert(index < n_chunks());
  const std::uint64_t begin = std::max(kPackDataOffset, index * kPackChunkBytes);
  const std::uint64_t size = std::min(data_end_, (index + 1) * kPackChunkBytes) - begin;
  return bytes_.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(size));
}

bool PackFile::chunk_is_intact(std::size_t index) const noexcept {
  return checksum(chunk(index)) == table_.checksums[index];
}

}  // namespace minnow::formats
