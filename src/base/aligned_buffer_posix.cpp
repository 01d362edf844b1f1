#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#include "base/aligned_buffer.hpp"

namespace minnow {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

}  // namespace

void* allocate_aligned(std::size_t size_bytes, std::size_t alignment, Pages pages) {
  const bool is_huge = pages == Pages::huge && size_bytes >= kHugePage;
  if (size_bytes > SIZE_MAX - kHugePage) throw std::bad_alloc();
  const std::size_t rounded = (size_bytes + alignment - 1) / alignment * alignment;
  void* memory = nullptr;
  if (posix_memalign(&memory, is_huge ? kHugePage : alignment, rounded) != 0) throw std::bad_alloc();
  // Whole pages only, so that no more is taken than asked for. The system may refuse: then it is only slower.
  if (is_huge) madvise(memory, rounded / kHugePage * kHugePage, MADV_HUGEPAGE);
  return memory;
}

}  // namespace minnow
