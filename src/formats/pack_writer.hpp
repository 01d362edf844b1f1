// Writes a pack file (pack_file.hpp) front to back, holding no more than one chunk of it in memory.
//
//   PackWriter out(std::move(*ExclusiveFile::try_create(path)));
//   out.begin({.name = "output.weight", .format = …, .row_tile = 16, .rows = …, .cols = …});
//   out.write(tiles);
//   out.commit({.layout = …, .model_sha256 = …}, stamp);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/exclusive_file.hpp"
#include "formats/pack_file.hpp"

namespace minnow::formats {

class PackWriter {
 public:
  explicit PackWriter(ExclusiveFile file);

  // What write() brings from now on belongs to this matrix; its offset and size are found here.
  void begin(PackedMatrix matrix);
  void write(std::span<const std::byte> bytes);
  // Adds the matrices and checksums to `table` and makes the file appear. Throws Error(io), as write() does.
  void commit(PackTable table, std::uint64_t model_stamp);

 private:
  std::uint64_t position() const { return file_.size() + chunk_.size(); }
  void pad_to(std::uint64_t alignment);
  void append(std::span<const std::byte> bytes);
  void flush_chunk();

  ExclusiveFile file_;
  std::vector<std::byte> chunk_;
  std::vector<PackedMatrix> matrices_;
  std::vector<std::uint64_t> checksums_;
};

}  // namespace minnow::formats
