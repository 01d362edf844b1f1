// A whole file, read-only, mapped into memory: the pages are the page cache's, shared with every other
// process that maps the file, and come in when first touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace minnow {

// What the system says about a file. While it stays the same, so do the bytes, as far as anyone can tell without
// reading them.
struct FileStamp {
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;  // of the contents, since 1970
  std::int64_t changed_ns = 0;   // of the contents, name or rights; no program can set it
  std::uint32_t owner = 0;       // user id

  bool operator==(const FileStamp&) const = default;
};

class MappedFile {
 public:
  MappedFile() = default;
  // Throws Error(not_found) or Error(io); an empty file maps to no bytes.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const FileStamp& stamp() const { return stamp_; }  // when it was opened

  // Asks the system to start reading this part of the mapping. A hint.
  static void will_need(std::span<const std::byte> part) noexcept;
  // Maps the pages of this part now, all at once, rather than one by one as they are touched. A hint.
  static void populate(std::span<const std::byte> part) noexcept;
  // Asks for the pages of a part that isn't in memory yet to be read as huge ones. A hint.
  static void prefer_huge_pages(std::span<const std::byte> part) noexcept;
  // Gives the whole pages inside `part` of a mapping back to the system. They are read again when touched again.
  static void release(std::span<const std::byte> part) noexcept;
  // Whether every page of `part` is in memory already, so that no disk will be read. Also true when the system won't
  // say: it tells only those who may write the file.
  static bool is_resident(std::span<const std::byte> part) noexcept;
  // Bytes of the pages of `part` that are in memory, at most part.size(); that when the system won't say.
  static std::uint64_t resident_bytes(std::span<const std::byte> part) noexcept;

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  FileStamp stamp_;
};

}  // namespace minnow
