#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/exclusive_file.hpp"
#include "base/file.hpp"

namespace minnow {
namespace {

// Whether `file` is still what `path` names: its last builder may have renamed or removed it before we got the lock.
bool is_still_named(int file, const std::filesystem::path& path) {
  struct stat ours {};
  struct stat named {};
  return ::fstat(file, &ours) == 0 && ::lstat(path.c_str(), &named) == 0 && ours.st_dev == named.st_dev &&
         ours.st_ino == named.st_ino;
}

// Ours alone: in a folder that others may write, a file of theirs or a second name of one of ours may be waiting.
bool is_ours(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1 && status.st_uid == ::geteuid();
}

// Of a part that another start left, whose readers may have been others.
void take_rights_beyond(int file, mode_t mode) {
  struct stat status {};
  if (::fstat(file, &status) == 0 && (status.st_mode & 0777 & ~mode) != 0) ::fchmod(file, status.st_mode & mode);
}

// Writing beyond this ends the process with SIGXFSZ.
std::uint64_t file_size_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return ~std::uint64_t{0};
  return limit.rlim_cur;
}

}  // namespace

ExclusiveFile::ExclusiveFile(std::filesystem::path path, std::filesystem::path part, int file)
    : path_(std::move(path)), part_(std::move(part)), file_(file) {}

std::optional<ExclusiveFile> ExclusiveFile::try_create(const std::filesystem::path& path,
                                                       std::filesystem::perms readers) {
  const std::filesystem::path part = path.string() + ".part";
  const auto mode = static_cast<mode_t>(readers & kAnyReader) | S_IRUSR | S_IWUSR;
  const int file = ::open(part.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode);
  if (file < 0) fail(ErrorCode::io, "cannot create {}: {}", part.string(), std::strerror(errno));
  if (!is_ours(file)) {
    ::close(file);
    fail(ErrorCode::io, "{} is not a file of this user's", part.string());
  }
  if (::flock(file, LOCK_EX | LOCK_NB) != 0 || !is_still_named(file, part)) {
    ::close(file);
    return std::nullopt;
  }
  ExclusiveFile out(path, part, file);
  take_rights_beyond(file, mode);
  if (::ftruncate(file, 0) != 0) fail(ErrorCode::io, "cannot empty {}: {}", part.string(), std::strerror(errno));
  return out;
}

ExclusiveFile::ExclusiveFile(ExclusiveFile&& other) noexcept
    : path_(std::move(other.path_)),
      part_(std::move(other.part_)),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_) {}

ExclusiveFile::~ExclusiveFile() {
  if (file_ < 0) return;
  ::unlink(part_.c_str());  // before the lock is let go
  ::close(file_);
}

void ExclusiveFile::put(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (bytes.size() > file_size_limit() - std::min(offset, file_size_limit())) {
    fail(ErrorCode::io, "cannot write {}: it would be larger than this process may make files", part_.string());
  }
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(ErrorCode::io, "cannot write {}: {}", part_.string(), std::strerror(errno));
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void ExclusiveFile::write(std::span<const std::byte> bytes) {
  put(size_, bytes);
  size_ += bytes.size();
}

void ExclusiveFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) { put(offset, bytes); }

void ExclusiveFile::commit() {
  if (::fsync(file_) != 0) fail(ErrorCode::io, "cannot flush {}: {}", part_.string(), std::strerror(errno));
  if (::rename(part_.c_str(), path_.c_str()) != 0) {
    fail(ErrorCode::io, "cannot rename {} to {}: {}", part_.string(), path_.string(), std::strerror(errno));
  }
  ::close(std::exchange(file_, -1));
  sync_folder_of(path_);
}

}  // namespace minnow
