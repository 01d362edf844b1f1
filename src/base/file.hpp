// Whole files in and out. Writing goes to a temporary name in the same folder, is flushed to the disk and
// then renamed, so that a power cut leaves either the old file or the new one and never half of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/mapped_file.hpp"

namespace minnow {

// Throws Error(not_found), Error(io), or Error(invalid_input) when the file is larger than `limit_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t limit_bytes = std::size_t{1} << 30);

// Replaces the file whole; see AtomicFile. Throws Error(io), Error(invalid_input) when the path is not that of a file.
void write_file(const std::filesystem::path& path, std::string_view text);

// The user this process acts as.
std::uint32_t current_user_id() noexcept;

// Replaces bytes inside a file if it is still the one with `stamp`. A hint, for bytes that need not be there: false
// when it can't be done.
bool overwrite_in_place(const std::filesystem::path& path, const FileStamp& stamp, std::uint64_t offset,
                        std::span<const std::byte> bytes) noexcept;

// Flushes the folder that holds `path`, so that a rename in it survives a power cut. A hint: file systems that can't
// sync a folder are not an error.
void sync_folder_of(const std::filesystem::path& path) noexcept;

// A file that appears under its name only when commit() has returned. Without commit() nothing remains; after a process
// was killed in the middle neither, on file systems that know files without a name.
class AtomicFile {
 public:
  enum class Readers { umask_allows, owner };

  explicit AtomicFile(const std::filesystem::path& path, Readers readers = Readers::umask_allows);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  // The value as it lies in memory.
  template <typename T>
  void write_value(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    write(std::as_bytes(std::span(&value, 1)));
  }
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  bool has_name_ = false;  // temporary_ is there
  int file_ = -1;
};

}  // namespace minnow
