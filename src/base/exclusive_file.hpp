// A large file that one process at a time builds, and that appears under its name only when it is complete.
//
//   if (auto out = ExclusiveFile::try_create(path)) {   // no value: another process is building it
//     out->write(bytes);
//     out->write_at(0, header);
//     out->commit();
//   }
//
// It grows under `path`.part, locked. Without commit() nothing remains; a part that a power cut left behind is
// taken over by the next builder, so at most one of them ever lies about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

namespace minnow {

class ExclusiveFile {
 public:
  static constexpr auto kAnyReader = std::filesystem::perms::group_read | std::filesystem::perms::others_read;

  // Those whom `readers` and the process's umask both allow may read it; its owner may in any case. Throws Error(io)
  // when the folder can't be written, or something else lies under the part's name.
  static std::optional<ExclusiveFile> try_create(const std::filesystem::path& path,
                                                 std::filesystem::perms readers = kAnyReader);
  ExclusiveFile(ExclusiveFile&& other) noexcept;
  ~ExclusiveFile();

  std::uint64_t size() const { return size_; }
  // Appends. Throws Error(io), also where the process's file size limit would end it with a signal.
  void write(std::span<const std::byte> bytes);
  // Overwrites bytes that were written before.
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  // Flushes to the disk, then renames.
  void commit();

 private:
  ExclusiveFile(std::filesystem::path path, std::filesystem::path part, int file);
  void put(std::uint64_t offset, std::span<const std::byte> bytes);

  std::filesystem::path path_;
  std::filesystem::path part_;
  int file_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace minnow
