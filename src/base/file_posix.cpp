#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "base/file.hpp"

namespace minnow {

std::string read_file(const std::filesystem::path& path, std::size_t limit_bytes) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "cannot read {}: {}", path.string(),
         std::strerror(errno));
  }
  // Pipes and devices don't know their size.
  std::string text;
  ssize_t count = 1;
  while (count != 0 && text.size() <= limit_bytes) {
    char buffer[1 << 16];
    count = ::read(file, buffer, sizeof buffer);
    if (count < 0 && errno != EINTR) break;
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
  }
  const int error = errno;
  ::close(file);
  if (count < 0) fail(ErrorCode::io, "cannot read {}: {}", path.string(), std::strerror(error));
  if (text.size() > limit_bytes) {
    fail(ErrorCode::invalid_input, "{} is longer than the {} bytes allowed here", path.string(), limit_bytes);
  }
  return text;
}

std::uint32_t current_user_id() noexcept { return ::geteuid(); }

bool overwrite_in_place(const std::filesystem::path& path, const FileStamp& stamp, std::uint64_t offset,
                        std::span<const std::byte> bytes) noexcept {
  const int file = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return false;
  struct stat status {};
  const bool same = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_ino == stamp.inode &&
                    static_cast<std::uint64_t>(status.st_size) == stamp.size && offset + bytes.size() <= stamp.size;
  const bool done = same && ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
                                static_cast<ssize_t>(bytes.size());
  ::close(file);
  return done;
}

void sync_folder_of(const std::filesystem::path& path) noexcept {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  (void)::fsync(handle);
  ::close(handle);
}

namespace {

// Under which an open file without a name can be given one.
std::string link_of(int file) { return "/proc/self/fd/" + std::to_string(file); }

}  // namespace

AtomicFile::AtomicFile(const std::filesystem::path& path, Readers readers)
    : path_(path), temporary_(path.string() + ".tmp-" + std::to_string(::getpid())) {
  struct stat target {};
  if (::stat(path_.c_str(), &target) == 0 && !S_ISREG(target.st_mode)) {  // renaming would take a device's place
    fail(ErrorCode::invalid_input, "{} exists and is not a file", path_.string());
  }
  const mode_t mode = readers == Readers::owner ? 0600 : 0644;
  const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
  file_ = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
  if (file_ >= 0 && ::access(link_of(file_).c_str(), F_OK) == 0) return;
  if (file_ >= 0) ::close(file_);
  file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  has_name_ = file_ >= 0;
  if (file_ < 0) fail(ErrorCode::io, "cannot create {}: {}", temporary_.string(), std::strerror(errno));
}

AtomicFile::~AtomicFile() {
  if (file_ < 0) return;
  ::close(file_);
  if (has_name_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(ErrorCode::io, "cannot write {}: {}", path_.string(), std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void AtomicFile::commit() {
  if (::fsync(file_) != 0) fail(ErrorCode::io, "cannot flush {}: {}", path_.string(), std::strerror(errno));
  if (!has_name_) {
    ::unlink(temporary_.c_str());  // of a dead process with our number
    if (::linkat(AT_FDCWD, link_of(file_).c_str(), AT_FDCWD, temporary_.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      fail(ErrorCode::io, "cannot create {}: {}", temporary_.string(), std::strerror(errno));
    }
    has_name_ = true;
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail(ErrorCode::io, "cannot rename {} to {}: {}", temporary_.string(), path_.string(), std::strerror(errno));
  }
  ::close(file_);
  file_ = -1;
  sync_folder_of(path_);
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace minnow
