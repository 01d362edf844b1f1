// Whole files in and out. Writing goes to a temporary name in the same folder, is flushed to the disk and
// then renamed, so that a power cut leaves either the old file or the new one and never half of one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace minnow {

// Throws Error(not_found), Error(io), or Error(invalid_input) when the file is larger than `limit_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t limit_bytes = std::size_t{1} << 30);

// A file that appears under its name only when commit() has returned. Without commit() nothing remains.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int file_ = -1;
};

}  // namespace minnow
