// Memory for numbers that vector units read: aligned to a cache line, not initialised, never resized.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace minnow {

// Huge pages are for what is read from end to end again and again, such as weights: finding 4 KiB pages one after
// another costs a good part of the bandwidth. What is touched here and there would take more memory in them.
enum class Pages { usual, huge };

// To be given back with std::free. Throws std::bad_alloc.
void* allocate_aligned(std::size_t size_bytes, std::size_t alignment, Pages pages);

template <typename T>
class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 64;

  AlignedBuffer() = default;
  // Throws std::bad_alloc.
  explicit AlignedBuffer(std::size_t size, Pages pages = Pages::usual) : size_(size) {
    if (size != 0) data_.reset(static_cast<T*>(allocate_aligned(size * sizeof(T), kAlignment, pages)));
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::size_t size_bytes() const { return size_ * sizeof(T); }
  T& operator[](std::size_t index) { return data_.get()[index]; }
  const T& operator[](std::size_t index) const { return data_.get()[index]; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }

 private:
  struct Free {
    void operator()(T* pointer) const { std::free(pointer); }
  };
  std::unique_ptr<T, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace minnow
