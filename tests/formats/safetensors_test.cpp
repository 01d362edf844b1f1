#include "formats/safetensors.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <random>

#include "convert_fixture.hpp"

namespace minnow::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string file_of(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  return file + header + data;
}

SafetensorsModel read(const std::string& file) {
  return SafetensorsModel::from_memory(std::as_bytes(std::span(file)), "test");
}

std::string refusal(const std::string& header, const std::string& data) {
  try {
    read(file_of(header, data));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Safetensors, ReadsAllThreeTypesToTheSameValues) {
  const std::string file = file_of(
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]},"c":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]}})",
      std::string("\x00\x00\xc0\x3f\x00\x00\x00\xc0"
                  "\x00\x3e\x00\xc0"
                  "\xc0\x3f\x00\xc0",
                  16));
  const auto model = read(file);
  EXPECT_EQ(model.tensors().size(), 3U);
  for (const char* name : {"a", "b", "c"}) EXPECT_THAT(source_values(model, name), ElementsAre(1.5F, -2.0F)) << name;
  EXPECT_THAT(model.find("b")->shape, ElementsAre(1U, 2U));
  EXPECT_EQ(model.find("d"), nullptr);
}

TEST(Safetensors, StepsOverTypesItCannotReadUntilTheyAreRead) {
  const std::string file = file_of(R"({"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})", std::string(8, 'x'));
  const auto model = read(file);
  std::vector<float> values(1);
  EXPECT_THROW(read_values(*model.find("ids"), 0, values), Error);
}

TEST(Safetensors, RefusesTensorPastEndOfFile) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "1234"), HasSubstr("past the end"));
}

TEST(Safetensors, RefusesOverlappingTensors) {
  EXPECT_THAT(
      refusal(
          R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})",
          "123456"),
      HasSubstr("overlaps"));
}

TEST(Safetensors, RefusesHolesAndTrailingBytes) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", "12345678"), HasSubstr("hole"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "12345678"), HasSubstr("no tensor"));
}

TEST(Safetensors, RefusesShapesThatDisagreeWithTheBytes) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", "12345678"), HasSubstr("disagree"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}})", "12345678"),
              HasSubstr("absurdly large"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})", ""),
              HasSubstr("disagree"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}})", ""), HasSubstr("sizes"));
}

TEST(Safetensors, RefusesMalformedHeaders) {
  EXPECT_THAT(refusal("[]", ""), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal("{", ""), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal(R"({"a":1})", ""), HasSubstr("not an object"));
  EXPECT_THAT(refusal(R"({"a":{"shape":[],"data_offsets":[0,0]}})", ""), HasSubstr("dtype"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"Q4","shape":[],"data_offsets":[0,0]}})", ""), HasSubstr("unknown type 'Q4'"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}})", "1234"),
              HasSubstr("a begin and an end"));
  EXPECT_THAT(refusal(std::string(200, '['), ""), HasSubstr("deeper"));
  EXPECT_THAT(refusal(R"({"a":1e999})", ""), HasSubstr("a number too large"));
}

TEST(Safetensors, RefusesRepeatedNames) {
  EXPECT_THAT(
      refusal(
          R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})",
          ""),
      HasSubstr("twice"));
}

TEST(Safetensors, RefusesHeadersLongerThanTheFileOrThanReason) {
  EXPECT_THROW(read(std::string("\x10\0\0\0\0\0\0\0{}", 10)), Error);
  EXPECT_THROW(read(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10)), Error);
  EXPECT_THROW(read("short"), Error);
}

class SafetensorsFolder : public ConvertTest {};

TEST_F(SafetensorsFolder, ReadsShardsThroughTheirIndex) {
  write_text(folder_ / "one.safetensors",
             file_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", std::string("\0\0\x80?", 4)));
  write_text(folder_ / "two.safetensors",
             file_of(R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", std::string("\0\0\0@", 4)));
  write_text(folder_ / "model.safetensors.index.json",
             R"({"weight_map":{"a":"one.safetensors","b":"two.safetensors"}})");
  const auto model = SafetensorsModel::open_folder(folder_);
  EXPECT_THAT(source_values(model, "a"), ElementsAre(1.0F));
  EXPECT_THAT(source_values(model, "b"), ElementsAre(2.0F));

  write_text(folder_ / "model.safetensors.index.json",
             R"({"weight_map":{"a":"one.safetensors","c":"two.safetensors"}})");
  EXPECT_THROW(SafetensorsModel::open_folder(folder_), Error) << "two.safetensors has no c";
  write_text(folder_ / "two.safetensors", read_text(folder_ / "one.safetensors"));
  EXPECT_THROW(SafetensorsModel::open_folder(folder_), Error) << "both files have an a";
}

TEST_F(SafetensorsFolder, RefusesShardsOutsideTheFolder) {
  for (const char* name : {"../one.safetensors", "/etc/passwd", "..", ""}) {
    write_text(folder_ / "model.safetensors.index.json", nlohmann::json{{"weight_map", {{"a", name}}}}.dump());
    try {
      SafetensorsModel::open_folder(folder_);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("not the name of a file in the same folder"));
    }
  }
}

TEST(Safetensors, TwoThousandDamagedFilesAreReadOrRefused) {
  const std::string whole = read_text(testing::golden("families") / "openelm" / "model.safetensors");
  std::uint64_t header_length = 0;
  std::memcpy(&header_length, whole.data(), sizeof(header_length));
  std::mt19937_64 random(2);
  std::size_t refused = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string file = whole;
    const std::size_t n_changes = 1 + random() % 4;
    for (std::size_t i = 0; i < n_changes; ++i) {
      // The header is where damage matters; bytes of the data mean nothing to the reader.
      const std::size_t at = random() % (sizeof(header_length) + header_length);
      file[at] =
          (random() % 2) != 0U ? static_cast<char>(random()) : static_cast<char>(file[at] ^ (1 << (random() % 8)));
    }
    if (random() % 4 == 0) file.resize(random() % file.size());
    try {
      const auto model = read(file);
      for (const SafetensorsTensor& tensor : model.tensors()) {
        if (tensor.format) source_values(model, tensor.name);
      }
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1500U);
}

}  // namespace
}  // namespace minnow::formats
