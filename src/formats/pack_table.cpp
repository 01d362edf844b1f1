#include "formats/pack_table.hpp"

#include <charconv>
#include <cstring>

#include "base/byte_reader.hpp"
#include "base/checksum.hpp"
#include "base/error.hpp"
#include "formats/gguf_text.hpp"
#include "formats/json_document.hpp"

namespace minnow::formats {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMagic = "minnowpk";
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kCheckedBytes = 40;
constexpr std::uint64_t kLargestTable = std::uint64_t{4} << 20;
constexpr std::uint64_t kDataAlignment = 64;  // what kernels need

template <typename T>
void put(std::span<std::byte> bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

std::string hex(std::uint64_t value) { return fmt::format("{:016x}", value); }

std::uint64_t from_hex(const std::string& text, const std::string& name) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (text.size() != 16 || error != std::errc() || stop != end) {
    fail(ErrorCode::invalid_input, "{}: the pack's table holds a malformed checksum", name);
  }
  return value;
}

// Not get<std::uint64_t>(), which would quietly take -1 and 0.5.
std::uint64_t number(const Json& object, const char* key, const std::string& name) {
  const Json& value = object.at(key);
  if (!value.is_number_unsigned()) fail(ErrorCode::invalid_input, "{}: '{}' of the pack is no number", name, key);
  return value.get<std::uint64_t>();
}

PackedMatrix matrix_from(const Json& json, std::uint64_t data_end, const std::string& name) {
  PackedMatrix matrix{.name = json.at("name").get<std::string>(),
                      .row_tile = number(json, "row_tile", name),
                      .rows = number(json, "rows", name),
                      .cols = number(json, "cols", name),
                      .offset = number(json, "offset", name),
                      .size_bytes = number(json, "bytes", name)};
  const auto format = numeric::format_from_name(json.at("format").get<std::string>());
  if (!format) fail(ErrorCode::invalid_input, "{}: {} has an unknown format", name, printable(matrix.name));
  matrix.format = *format;
  if (matrix.offset < kPackDataOffset || matrix.offset > data_end || matrix.size_bytes > data_end - matrix.offset ||
      matrix.offset % kDataAlignment != 0) {
    fail(ErrorCode::invalid_input, "{}: {} does not lie inside the pack", name, printable(matrix.name));
  }
  return matrix;
}

PackTable table_from(const Json& json, std::uint64_t data_end, const std::string& name) {
  PackTable table;
  table.layout = json.at("layout").get<std::string>();
  table.model_sha256 = json.at("model").at("sha256").get<std::string>();
  table.model_bytes = number(json.at("model"), "bytes", name);
  for (const Json& matrix : json.at("matrices")) table.matrices.push_back(matrix_from(matrix, data_end, name));
  for (const Json& sum : json.at("checksums")) table.checksums.push_back(from_hex(sum.get<std::string>(), name));
  const std::uint64_t n_chunks = pack_chunks(data_end);
  if (table.checksums.size() != n_chunks) {
    fail(ErrorCode::invalid_input, "{}: the pack has {} checksums and needs {}", name, table.checksums.size(),
         n_chunks);
  }
  return table;
}

}  // namespace

std::array<std::byte, kPackHeaderBytes> encode_pack_header(const PackHeader& header) {
  std::array<std::byte, kPackHeaderBytes> bytes{};
  std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
  put(bytes, 8, kVersion);
  put(bytes, 16, header.table_offset);
  put(bytes, 24, header.table_bytes);
  put(bytes, 32, header.table_checksum);
  put(bytes, kCheckedBytes, checksum(std::span(bytes).first(kCheckedBytes)));
  put(bytes, kPackStampOffset, header.model_stamp);
  return bytes;
}

PackHeader decode_pack_header(std::span<const std::byte> file, std::string_view name) {
  ByteReader in(file, name);
  if (in.take_text(kMagic.size(), "the header") != kMagic) {
    fail(ErrorCode::invalid_input, "{} is not a pack of weights", name);
  }
  if (const auto version = in.read<std::uint32_t>("the header"); version != kVersion) {
    fail(ErrorCode::invalid_input, "{} is a pack of version {}, and this build reads {}", name, version, kVersion);
  }
  (void)in.read<std::uint32_t>("the header");
  PackHeader header;
  header.table_offset = in.read<std::uint64_t>("the header");
  header.table_bytes = in.read<std::uint64_t>("the header");
  header.table_checksum = in.read<std::uint64_t>("the header");
  if (in.read<std::uint64_t>("the header") != checksum(file.first(kCheckedBytes))) {
    fail(ErrorCode::invalid_input, "{}: the pack's header is damaged", name);
  }
  header.model_stamp = in.read<std::uint64_t>("the header");
  const bool fits = header.table_offset >= kPackDataOffset && header.table_offset <= file.size() &&
                    header.table_bytes == file.size() - header.table_offset && header.table_bytes <= kLargestTable;
  if (!fits) fail(ErrorCode::invalid_input, "{}: the pack's table is not at the end of the file", name);
  return header;
}

std::vector<std::byte> encode_pack_settings(const PackSettings& settings) {
  const std::string text = Json(settings).dump(-1, ' ', false, Json::error_handler_t::replace);
  constexpr std::size_t kHead = 2 * sizeof(std::uint64_t);
  if (text.size() > kPackDataOffset - kPackSettingsOffset - kHead) {
    fail(ErrorCode::internal, "{} bytes of settings don't fit into a pack's header", text.size());
  }
  std::vector<std::byte> bytes(kHead + text.size());
  put(bytes, sizeof(std::uint64_t), std::uint64_t{text.size()});
  std::memcpy(bytes.data() + kHead, text.data(), text.size());
  put(bytes, 0, checksum(std::span(bytes).subspan(sizeof(std::uint64_t))));
  return bytes;
}

PackSettings decode_pack_settings(std::span<const std::byte> head) {
  try {
    ByteReader in(head.subspan(kPackSettingsOffset), "settings");
    const auto expected = in.read<std::uint64_t>("a checksum");
    const auto size = in.read<std::uint64_t>("a size");
    if (size == 0 || size > in.remaining()) return {};
    const auto checked = head.subspan(kPackSettingsOffset + sizeof expected, sizeof size + size);
    if (checksum(checked) != expected) return {};
    return parse_json(in.take_text(size, "settings"), "settings").get<PackSettings>();
  } catch (const Error&) {
  } catch (const Json::exception&) {
  }
  return {};
}

std::string encode_pack_table(const PackTable& table) {
  Json json{{"layout", table.layout},
            {"model", {{"sha256", table.model_sha256}, {"bytes", table.model_bytes}}},
            {"matrices", Json::array()},
            {"checksums", Json::array()}};
  for (const PackedMatrix& matrix : table.matrices) {
    json["matrices"].push_back({{"name", matrix.name},
                                {"format", numeric::info(matrix.format).name},
                                {"row_tile", matrix.row_tile},
                                {"rows", matrix.rows},
                                {"cols", matrix.cols},
                                {"offset", matrix.offset},
                                {"bytes", matrix.size_bytes}});
  }
  for (const std::uint64_t sum : table.checksums) json["checksums"].push_back(hex(sum));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

PackTable decode_pack_table(std::string_view text, std::uint64_t data_end, const std::string& name) {
  const Json json = parse_json(text, name);
  try {
    return table_from(json, data_end, name);
  } catch (const Json::exception&) {
    fail(ErrorCode::invalid_input, "{}: the pack's table lacks a part, or holds one of another type", name);
  }
}

}  // namespace minnow::formats
