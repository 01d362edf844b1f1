// Number formats of weights as files store them: how many values make a block, how many bytes it takes,
// and its conversion from and to f32. Each family of formats has one file that draws its layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace minnow::numeric {

enum class Format : std::uint8_t {
  f32,
  f16,
  bf16,
  q4_0,
  q4_1,
  q5_0,
  q5_1,
  q8_0,
  q2_k,
  q3_k,
  q4_k,
  q5_k,
  q6_k,
  iq4_nl,
  iq4_xs,
};
inline constexpr std::size_t kFormatCount = 15;

struct FormatInfo {
  std::string_view name;     // as the field writes it: "Q4_K"
  std::size_t block_values;  // values in one block: 1, 32 or 256
  std::size_t block_bytes;
  std::uint32_t ggml_type;  // the number GGUF uses
};

const FormatInfo& info(Format format);
std::optional<Format> format_from_ggml_type(std::uint32_t type);
// Case-insensitive; no value for an unknown name.
std::optional<Format> format_from_name(std::string_view name);

// Bytes of a row of n_values. Precondition: n_values is a multiple of block_values.
std::size_t row_bytes(Format format, std::size_t n_values);

// values.size() is a multiple of block_values and blocks.size() == row_bytes(format, values.size()).
// Decoding is bit-exact with the reference formulas in the family's file.
void decode(Format format, std::span<const std::byte> blocks, std::span<float> values);
// The blocks with the least weighted squared error that a search finds (encoder/group_search.hpp), the same bytes on
// every machine. `importance` is empty, or as long as `values`, finite and not negative: the weight of each value's
// error. Q8_0 takes its scale from the extreme value instead, bit for bit as files of this format always have. Values
// should be finite; of others only memory is safe.
void encode(Format format, std::span<const float> values, std::span<std::byte> blocks,
            std::span<const float> importance = {});

// Whether a block's scale (in F32, F16 and BF16: a value) is infinite or not a number. Reads every block once.
bool has_non_finite(Format format, std::span<const std::byte> blocks);

}  // namespace minnow::numeric
