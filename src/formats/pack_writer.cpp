#include "formats/pack_writer.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/checksum.hpp"
#include "formats/pack_table.hpp"

namespace minnow::formats {

PackWriter::PackWriter(ExclusiveFile file) : file_(std::move(file)) {
  chunk_.reserve(kPackChunkBytes);
  file_.write(std::vector<std::byte>(kPackDataOffset));  // the header's place
}

void PackWriter::begin(PackedMatrix matrix) {
  pad_to(kPackAlignment);
  matrix.offset = position();
  matrix.size_bytes = 0;
  matrices_.push_back(std::move(matrix));
}

void PackWriter::write(std::span<const std::byte> bytes) {
  matrices_.back().size_bytes += bytes.size();
  append(bytes);
}

void PackWriter::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::uint64_t room = kPackChunkBytes - position() % kPackChunkBytes;
    const auto part = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), room)));
    chunk_.insert(chunk_.end(), part.begin(), part.end());
    if (part.size() == room) flush_chunk();
    bytes = bytes.subspan(part.size());
  }
}

void PackWriter::pad_to(std::uint64_t alignment) {
  const std::uint64_t beyond = position() % alignment;
  if (beyond > 0) append(std::vector<std::byte>(static_cast<std::size_t>(alignment - beyond)));
}

void PackWriter::flush_chunk() {
  checksums_.push_back(checksum(chunk_));
  file_.write(chunk_);
  chunk_.clear();
}

void PackWriter::commit(PackTable table, std::uint64_t model_stamp) {
  if (!chunk_.empty()) flush_chunk();
  table.matrices = std::move(matrices_);
  table.checksums = std::move(checksums_);
  const std::string json = encode_pack_table(table);
  const auto bytes = std::as_bytes(std::span(json));
  const PackHeader header{.table_offset = file_.size(),
                          .table_bytes = bytes.size(),
                          .table_checksum = checksum(bytes),
                          .model_stamp = model_stamp};
  file_.write(bytes);
  file_.write_at(0, encode_pack_header(header));
  file_.commit();
}

}  // namespace minnow::formats
