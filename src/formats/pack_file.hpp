// Packed weights on disk: matrices in the layout that kernels read, mapped instead of made anew at every start.
//
//   PackFile pack = PackFile::open("model.gguf.rows16.pack");
//   if (const PackedMatrix* matrix = pack.find("blk.0.ffn_up.weight")) use(pack.data(*matrix));
//
// The file, numbers little-endian:
//
//   0      magic "minnowpk" | u32 version | u32 0 | u64 table offset | u64 table bytes | u64 table checksum
//   40     u64 checksum of bytes 0…39
//   48     u64 stamp of the model file, outside the checksum because it may be renewed in place; 0: unknown
//   64     settings, outside the checksums for the same reason: u64 checksum of what follows | u64 bytes | {key: text}
//          as JSON; what was tuned for this device. Damaged or absent: none
//   4096   matrices, each at a multiple of 4096
//   …      table, to the end of the file: a JSON object
//            layout     the layout's name; a reader that expects another one doesn't use the file
//            model      {sha256, bytes}: what was packed, and only after it was checked for finite weights
//            matrices   [{name, format, row_tile, rows, cols, offset, bytes}…]
//            checksums  of the bytes from 4096 to the table, in chunks that end at multiples of 4 MiB: 16 hexadecimal
//                       digits each
//
// Opening checks the header, the table and every offset and size in it, not the matrices: that would read them all.
// chunk_is_intact() does that piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mapped_file.hpp"
#include "numeric/format.hpp"

namespace minnow::formats {

struct PackedMatrix {
  std::string name;
  numeric::Format format = numeric::Format::f32;
  std::uint64_t row_tile = 0;
  std::uint64_t rows = 0;
  std::uint64_t cols = 0;
  std::uint64_t offset = 0;  // from the start of the file
  std::uint64_t size_bytes = 0;

  bool operator==(const PackedMatrix&) const = default;
};

using PackSettings = std::map<std::string, std::string>;

struct PackTable {
  std::string layout;
  std::string model_sha256;
  std::uint64_t model_bytes = 0;
  std::vector<PackedMatrix> matrices;
  std::vector<std::uint64_t> checksums;  // of the chunks
};

inline constexpr std::uint64_t kPackDataOffset = 4096;
inline constexpr std::uint64_t kPackAlignment = 4096;
// Also how much is written at once: a file system that keeps large pieces in huge pages does so with these.
inline constexpr std::uint64_t kPackChunkBytes = std::uint64_t{4} << 20;
inline constexpr std::uint64_t kPackStampOffset = 48;
inline constexpr std::uint64_t kPackSettingsOffset = 64;

// How many chunks a pack has whose table begins at `data_end`, which is at least kPackDataOffset.
constexpr std::uint64_t pack_chunks(std::uint64_t data_end) {
  return data_end == kPackDataOffset ? 0 : (data_end + kPackChunkBytes - 1) / kPackChunkBytes;
}

class PackFile {
 public:
  // Throws Error(not_found, io), Error(invalid_input) for what isn't a whole pack of this version.
  static PackFile open(const std::filesystem::path& path);
  // `bytes` must outlive the PackFile; `name` is what errors call it.
  static PackFile from_memory(std::span<const std::byte> bytes, std::string_view name);

  const PackTable& table() const { return table_; }
  std::uint64_t model_stamp() const { return model_stamp_; }
  const PackSettings& settings() const { return settings_; }
  const PackedMatrix* find(std::string_view name) const;
  // Aligned to 64 bytes in an opened file.
  std::span<const std::byte> data(const PackedMatrix& matrix) const;

  std::size_t n_chunks() const { return table_.checksums.size(); }
  std::span<const std::byte> chunk(std::size_t index) const;
  bool chunk_is_intact(std::size_t index) const noexcept;
  const FileStamp& file_stamp() const { return file_.stamp(); }

 private:
  void read(std::string_view name);

  MappedFile file_;
  std::span<const std::byte> bytes_;
  std::uint64_t data_end_ = kPackDataOffset;
  std::uint64_t model_stamp_ = 0;
  PackSettings settings_;
  PackTable table_;
  std::unordered_map<std::string_view, std::size_t> by_name_;  // views into table_
};

}  // namespace minnow::formats
