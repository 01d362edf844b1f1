// What GGUF fixes, and the limits we set on what a file may ask for.
//
//   magic "GGUF" | version u32 | tensor count u64 | key count u64
//   keys:     key text | value type u32 | value          an array: element type u32 | count u64 | elements
//   tensors:  name text | n_dims u32 | dims u64 each | ggml type u32 | offset u64 from the start of the data
//   padding to general.alignment (32 when absent)
//   data:     each tensor at its offset, a multiple of the alignment
//
// A text is a u64 length and that many bytes. All numbers are little-endian.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "formats/gguf_reader.hpp"

namespace minnow::formats::gguf {

inline constexpr std::uint32_t kMagic = 0x46554747;
inline constexpr std::uint32_t kVersion = 3;
// Whether a file begins as GGUF does.
bool has_magic(std::span<const std::byte> file);
inline constexpr std::uint64_t kDefaultAlignment = 32;
inline constexpr std::uint64_t kMinAlignment = 8;
inline constexpr std::uint64_t kMaxAlignment = std::uint64_t{1} << 20;
inline constexpr std::string_view kAlignmentKey = "general.alignment";

// Ten times and more what the largest models use; they bound the memory a hostile file can make us take.
inline constexpr std::uint64_t kMaxKeyLength = 65535;
inline constexpr std::uint64_t kMaxKeys = 8192;
inline constexpr std::uint64_t kMaxTensors = 1 << 18;
inline constexpr std::uint64_t kMaxArrayElements = 1 << 24;  // of all arrays together
inline constexpr std::uint64_t kMaxHeaderBytes = std::uint64_t{1} << 30;

enum class ValueType : std::uint32_t {
  u8 = 0,
  i8 = 1,
  u16 = 2,
  i16 = 3,
  u32 = 4,
  i32 = 5,
  f32 = 6,
  boolean = 7,
  text = 8,
  array = 9,
  u64 = 10,
  i64 = 11,
  f64 = 12,
};

constexpr std::uint64_t align_up(std::uint64_t position, std::uint64_t alignment) {
  return (position + alignment - 1) / alignment * alignment;
}

// The metadata's alignment. Throws Error(invalid_input); `file` is what the error calls the file.
std::uint64_t alignment_of(const Metadata& metadata, std::string_view file);

// Fills shape, n_dimensions and size_bytes of a tensor that has its name and format. Throws Error(invalid_input)
// for a shape GGUF doesn't allow, a row that isn't whole blocks, or a size that overflows.
void set_shape(TensorInfo& tensor, std::span<const std::uint64_t> shape, std::string_view file);

// The format of a ggml type. Throws Error(unsupported) with the type's name and what to use instead.
numeric::Format format_of(std::uint32_t ggml_type, std::string_view tensor, std::string_view file);

}  // namespace minnow::formats::gguf
