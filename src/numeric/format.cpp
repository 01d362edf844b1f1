#include "numeric/format.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>

#include "numeric/codec.hpp"
#include "numeric/encoder/active_encoder.hpp"

namespace minnow::numeric {
namespace {

struct Entry {
  FormatInfo info;
  const detail::Codec* codec;
};

// In the order of Format.
constexpr std::array<Entry, kFormatCount> kFormats{{
    {{"F32", 1, 4, 0}, &detail::kF32},
    {{"F16", 1, 2, 1}, &detail::kF16},
    {{"BF16", 1, 2, 30}, &detail::kBf16},
    {{"Q4_0", 32, 18, 2}, &detail::kQ4_0},
    {{"Q4_1", 32, 20, 3}, &detail::kQ4_1},
    {{"Q5_0", 32, 22, 6}, &detail::kQ5_0},
    {{"Q5_1", 32, 24, 7}, &detail::kQ5_1},
    {{"Q8_0", 32, 34, 8}, &detail::kQ8_0},
    {{"Q2_K", 256, 84, 10}, &detail::kQ2K},
    {{"Q3_K", 256, 110, 11}, &detail::kQ3K},
    {{"Q4_K", 256, 144, 12}, &detail::kQ4K},
    {{"Q5_K", 256, 176, 13}, &detail::kQ5K},
    {{"Q6_K", 256, 210, 14}, &detail::kQ6K},
    {{"IQ4_NL", 32, 18, 20}, &detail::kIq4Nl},
    {{"IQ4_XS", 256, 136, 23}, &detail::kIq4Xs},
}};

const Entry& entry(Format format) { return kFormats[static_cast<std::size_t>(format)]; }

template <typename Predicate>
std::optional<Format> find_format(Predicate matches) {
  const auto found =
      std::find_if(kFormats.begin(), kFormats.end(), [&](const Entry& each) { return matches(each.info); });
  if (found == kFormats.end()) return std::nullopt;
  return static_cast<Format>(found - kFormats.begin());
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

}  // namespace

const FormatInfo& info(Format format) { return entry(format).info; }

std::optional<Format> format_from_ggml_type(std::uint32_t type) {
  return find_format([&](const FormatInfo& each) { return each.ggml_type == type; });
}

std::optional<Format> format_from_name(std::string_view name) {
  return find_format([&](const FormatInfo& each) { return equal_ignoring_case(each.name, name); });
}

std::size_t row_bytes(Format format, std::size_t n_values) {
  assert(n_values % info(format).block_values == 0);
  return n_values / info(format).block_values * info(format).block_bytes;
}

void decode(Format format, std::span<const std::byte> blocks, std::span<float> values) {
  assert(blocks.size() == row_bytes(format, values.size()));
  entry(format).codec->decode(blocks.data(), values.size(), values.data());
}

void encode(Format format, std::span<const float> values, std::span<std::byte> blocks,
            std::span<const float> importance) {
  assert(blocks.size() == row_bytes(format, values.size()));
  assert(importance.empty() || importance.size() == values.size());
  const detail::SearchedEncode search = detail::search_of(detail::active_encoder(), format);
  if (search == nullptr) {
    entry(format).codec->encode(values.data(), values.size(), blocks.data());
  } else {
    search(values.data(), importance.empty() ? nullptr : importance.data(), values.size(),
           reinterpret_cast<unsigned char*>(blocks.data()));
  }
}

bool has_non_finite(Format format, std::span<const std::byte> blocks) {
  const FormatInfo& about = info(format);
  assert(blocks.size() % about.block_bytes == 0);
  return entry(format).codec->has_non_finite(blocks.data(), blocks.size() / about.block_bytes * about.block_values);
}

}  // namespace minnow::numeric
