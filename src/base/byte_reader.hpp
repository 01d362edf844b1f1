// Reads little-endian values from bytes we don't trust. Every read is checked against what is left, so a
// parser built on it can't run past the end; a short file becomes one clear error that names the file.
//
//   ByteReader in(file.bytes(), file.name());
//   auto version = in.read<std::uint32_t>("version");
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.hpp"

namespace minnow {

class ByteReader {
 public:
  // `bytes` must outlive the reader; `name` is what errors call the input.
  ByteReader(std::span<const std::byte> bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  const std::string& name() const { return name_; }

  template <typename T>
  requires std::is_trivially_copyable_v<T> T read(std::string_view what) {
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

  // The next `size` bytes, not copied.
  std::span<const std::byte> take(std::uint64_t size, std::string_view what) {
    if (size > remaining()) {
      fail(ErrorCode::invalid_input, "{}: the file ends inside {} (at byte {}, {} more needed, {} left)", name_, what,
           position_, size, remaining());
    }
    auto part = bytes_.subspan(position_, static_cast<std::size_t>(size));
    position_ += static_cast<std::size_t>(size);
    return part;
  }

  std::string_view take_text(std::uint64_t size, std::string_view what) {
    auto part = take(size, what);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
  std::size_t position_ = 0;
};

}  // namespace minnow
