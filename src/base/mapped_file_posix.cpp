#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/mapped_file.hpp"

namespace minnow {
namespace {

// The whole pages inside [part), as start address and length; length 0 when there are none.
std::pair<std::uintptr_t, std::size_t> whole_pages(std::span<const std::byte> part) noexcept {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<std::uintptr_t>(part.data()) + page - 1) / page * page;
  const auto end = (reinterpret_cast<std::uintptr_t>(part.data()) + part.size()) / page * page;
  return {begin, end > begin ? end - begin : 0};
}

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // a pipe must not make us wait
  if (file < 0) {
    fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "cannot open {}: {}", path.string(),
         std::strerror(errno));
  }
  struct stat status {};
  const bool is_regular = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  if (!is_regular) {
    ::close(file);
    fail(ErrorCode::invalid_input, "{} is not a regular file", path.string());
  }
  size_ = static_cast<std::size_t>(status.st_size);
  stamp_ = {.size = size_,
            .inode = status.st_ino,
            .modified_ns = nanoseconds(status.st_mtim),
            .changed_ns = nanoseconds(status.st_ctim),
            .owner = status.st_uid};
  void* address = size_ == 0 ? nullptr : ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
  const int map_error = errno;
  ::close(file);
  if (address == MAP_FAILED) fail(ErrorCode::io, "cannot map {}: {}", path.string(), std::strerror(map_error));
  data_ = static_cast<const std::byte*>(address);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), stamp_(other.stamp_) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(stamp_, other.stamp_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

void MappedFile::will_need(std::span<const std::byte> part) noexcept {
  if (const auto [begin, length] = whole_pages(part); length > 0) {
    ::madvise(reinterpret_cast<void*>(begin), length, MADV_WILLNEED);
  }
}

void MappedFile::populate(std::span<const std::byte> part) noexcept {
#if defined(MADV_POPULATE_READ)
  if (const auto [begin, length] = whole_pages(part); length > 0) {
    ::madvise(reinterpret_cast<void*>(begin), length, MADV_POPULATE_READ);
  }
#else
  will_need(part);
#endif
}

void MappedFile::prefer_huge_pages(std::span<const std::byte> part) noexcept {
#if defined(MADV_HUGEPAGE)
  if (const auto [begin, length] = whole_pages(part); length > 0) {
    ::madvise(reinterpret_cast<void*>(begin), length, MADV_HUGEPAGE);
  }
#endif
}

void MappedFile::release(std::span<const std::byte> part) noexcept {
  if (const auto [begin, length] = whole_pages(part); length > 0) {
    ::madvise(reinterpret_cast<void*>(begin), length, MADV_DONTNEED);
  }
}

namespace {

// Visits the states of the pages of a part, some at a time, until `visit` says no. False when the system doesn't tell.
template <class Visit>
bool each_page_state(std::span<const std::byte> part, const Visit& visit) noexcept {
  constexpr std::size_t kPages = 512;
  unsigned char states[kPages];
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto end = reinterpret_cast<std::uintptr_t>(part.data()) + part.size();
  for (auto at = reinterpret_cast<std::uintptr_t>(part.data()) / page * page; at < end; at += kPages * page) {
    const std::size_t length = std::min<std::size_t>(kPages * page, end - at);
    if (::mincore(reinterpret_cast<void*>(at), length, states) != 0) return false;
    const std::size_t n_pages = (length + page - 1) / page;
    const auto n_resident =
        static_cast<std::size_t>(std::count_if(states, states + n_pages, [](unsigned char s) { return (s & 1) != 0; }));
    if (!visit(n_resident, n_pages)) return true;
  }
  return true;
}

}  // namespace

bool MappedFile::is_resident(std::span<const std::byte> part) noexcept {
  bool resident = true;
  return !each_page_state(part, [&](std::size_t n, std::size_t of) { return resident = n == of; }) || resident;
}

std::uint64_t MappedFile::resident_bytes(std::span<const std::byte> part) noexcept {
  std::uint64_t n_pages = 0;
  const bool known = each_page_state(part, [&](std::size_t n, std::size_t) {
    n_pages += n;
    return true;
  });
  const auto bytes = n_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return known ? std::min<std::uint64_t>(bytes, part.size()) : part.size();
}

}  // namespace minnow
