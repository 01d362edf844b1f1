// The first bytes and the table of a pack file, to bytes and back; pack_file.hpp draws them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/pack_file.hpp"

namespace minnow::formats {

struct PackHeader {
  std::uint64_t table_offset = 0;
  std::uint64_t table_bytes = 0;
  std::uint64_t table_checksum = 0;
  std::uint64_t model_stamp = 0;
};
inline constexpr std::size_t kPackHeaderBytes = 56;

std::array<std::byte, kPackHeaderBytes> encode_pack_header(const PackHeader& header);
// Throws Error(invalid_input) for another version, a wrong checksum, or a table that doesn't end with the file.
PackHeader decode_pack_header(std::span<const std::byte> file, std::string_view name);

// What stands at kPackSettingsOffset. Throws Error(internal) for more than there is room for.
std::vector<std::byte> encode_pack_settings(const PackSettings& settings);
// `head` is the file up to kPackDataOffset. Nothing when there are none or they are damaged.
PackSettings decode_pack_settings(std::span<const std::byte> head);

std::string encode_pack_table(const PackTable& table);
// Throws Error(invalid_input), also for a matrix that isn't inside [kPackDataOffset, data_end).
PackTable decode_pack_table(std::string_view json, std::uint64_t data_end, const std::string& name);

}  // namespace minnow::formats
