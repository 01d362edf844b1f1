// A whole file, read-only, mapped into memory: the pages are the page cache's, shared with every other
// process that maps the file, and come in when first touched.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace minnow {

class MappedFile {
 public:
  MappedFile() = default;
  // Throws Error(not_found) or Error(io); an empty file maps to no bytes.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }

  // Asks the system to start reading this part of the mapping. A hint.
  static void will_need(std::span<const std::byte> part) noexcept;
  // Gives the whole pages inside `part` of a mapping back to the system. They are read again when touched again.
  static void release(std::span<const std::byte> part) noexcept;

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace minnow
