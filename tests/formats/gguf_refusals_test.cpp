// Each way a GGUF file can be wrong, and the sentence it gets.
#include <limits>

#include "gguf_raw.hpp"

namespace minnow::formats {
namespace {

using namespace testing_raw;

constexpr std::uint32_t kTypeF32 = 0, kTypeQ4K = 12;
constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

TEST(Gguf, OpensTheSmallestFiles) {
  EXPECT_TRUE(open_bytes(RawGguf{}.build()).tensors().empty());
  RawGguf version_2{.version = 2};
  version_2.tensor("w", {8}, kTypeF32, 0).data(32);
  const std::string bytes = version_2.build();
  const GgufFile file = open_bytes(bytes);
  EXPECT_EQ(file.version(), 2u);
  ASSERT_NE(file.find("w"), nullptr);
  EXPECT_EQ(file.data(*file.find("w"))[31], std::byte{0x11});
  EXPECT_EQ(file.find("v"), nullptr);
}

TEST(Gguf, ReadsEveryTypeOfValue) {
  RawGguf raw;
  raw.key("u8", 0, bytes_of(std::uint8_t{200})).key("i8", 1, bytes_of(std::int8_t{-7}));
  raw.key("u16", 2, bytes_of(std::uint16_t{60000})).key("i16", 3, bytes_of(std::int16_t{-30000}));
  raw.key("u32", 4, bytes_of(std::uint32_t{4000000000u})).key("i32", 5, bytes_of(std::int32_t{-2000000000}));
  raw.key("f32", 6, bytes_of(1.5f)).key("bool", 7, bytes_of(std::uint8_t{1})).key("text", 8, text("mouse"));
  raw.key("u64", 10, bytes_of(kHuge)).key("i64", 11, bytes_of(std::int64_t{-5})).key("f64", 12, bytes_of(0.1));
  raw.key("u8s", 9, array(0, 2, "\x01\xff")).key("i8s", 9, array(1, 2, "\x01\xff"));
  raw.key("bools", 9, array(7, 2, std::string_view("\x01\x00", 2)));
  raw.key("texts", 9, array(8, 2, text("a") + text("")));
  raw.key("f32s", 9, array(6, 1, bytes_of(-2.0f))).key("none", 9, array(5, 0, ""));
  const GgufFile file = open_bytes(raw.build());
  const Metadata& metadata = file.metadata();
  EXPECT_EQ(metadata.unsigned_integer("u8"), 200u);
  EXPECT_EQ(metadata.integer("i8"), -7);
  EXPECT_EQ(metadata.unsigned_integer("u16"), 60000u);
  EXPECT_EQ(metadata.integer("i16"), -30000);
  EXPECT_EQ(metadata.unsigned_integer("u32"), 4000000000u);
  EXPECT_EQ(metadata.integer("i32"), -2000000000);
  EXPECT_EQ(metadata.number("f32"), 1.5);
  EXPECT_EQ(metadata.boolean("bool"), true);
  EXPECT_EQ(metadata.text("text"), "mouse");
  EXPECT_EQ(metadata.unsigned_integer("u64"), kHuge);
  EXPECT_EQ(metadata.integer("i64"), -5);
  EXPECT_EQ(metadata.number("f64"), 0.1);
  EXPECT_EQ(metadata.integers("u8s"), (std::vector<std::int64_t>{1, 255}));
  EXPECT_EQ(metadata.integers("i8s"), (std::vector<std::int64_t>{1, -1}));
  EXPECT_EQ(metadata.integers("bools"), (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(metadata.texts("texts"), (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(metadata.numbers("f32s"), (std::vector<double>{-2.0}));
  EXPECT_TRUE(metadata.integers("none").empty());
  EXPECT_EQ(metadata.entries().front().first, "u8");  // file order
}

TEST(Gguf, RefusesAnEmptyFile) { expect_refusal("", ErrorCode::invalid_input, "is not a GGUF file"); }

TEST(Gguf, RefusesAnotherMagic) { expect_invalid(RawGguf{.magic = 0x46554748}, "doesn't begin with \"GGUF\""); }

TEST(Gguf, RefusesVersionsItDoesNotKnow) {
  for (const std::uint32_t version : {0u, 1u, 4u, 0x12345678u}) {
    expect_refusal(RawGguf{.version = version}.build(), ErrorCode::unsupported, "reads versions 2 and 3");
  }
}

TEST(Gguf, RefusesBigEndianFiles) {
  expect_refusal(RawGguf{.version = 0x03000000}.build(), ErrorCode::unsupported, "big-endian");
}

TEST(Gguf, RefusesMoreTensorsThanTheFileCouldHold) {
  expect_invalid(RawGguf{.n_tensors = kHuge}, "tensors but can hold at most 0");
  expect_invalid(RawGguf{.n_tensors = 1}, "1 tensors but can hold at most 0");
}

TEST(Gguf, RefusesMoreKeysThanTheFileCouldHold) {
  expect_invalid(RawGguf{.n_keys = kHuge}, "metadata keys but can hold at most 0");
}

TEST(Gguf, RefusesAKeyTwice) {
  RawGguf raw;
  raw.key("a", kU8, "1").key("b", kU8, "2").key("a", kU8, "1");
  expect_invalid(raw, "metadata 'a' appears twice");
}

TEST(Gguf, RefusesEmptyAndOverlongKeys) {
  expect_invalid(RawGguf{}.key("", kU64, bytes_of(kHuge)), "name of 0 bytes");
  expect_invalid(RawGguf{}.key(std::string(65536, 'k'), kU8, "1"), "name of 65536 bytes");
  EXPECT_NO_THROW(open_bytes(RawGguf{}.key(std::string(65535, 'k'), kU8, "1").build()));
}

TEST(Gguf, RefusesATextLongerThanTheFile) {
  for (const std::uint64_t length : {std::uint64_t{100}, std::uint64_t{1} << 63, kHuge}) {
    expect_invalid(RawGguf{}.key("name", kText, bytes_of(length) + "short"), "the file ends inside a metadata value");
  }
}

TEST(Gguf, RefusesUnknownTypesOfValue) {
  expect_invalid(RawGguf{}.key("key", 13, "12345678"), "metadata 'key' has unknown type 13");
  expect_invalid(RawGguf{}.key("key", kArray, array(13, 1, "12345678")), "array of unknown type 13");
}

TEST(Gguf, RefusesArraysOfArrays) {
  expect_refusal(RawGguf{}.key("key", kArray, array(kArray, 1, array(kU8, 1, "1"))).build(), ErrorCode::unsupported,
                 "array of arrays");
}

TEST(Gguf, RefusesArraysLongerThanTheFile) {
  expect_invalid(RawGguf{}.key("key", kArray, array(kU32, 3, "12345678")), "ends inside an array of numbers");
  expect_invalid(RawGguf{}.key("key", kArray, array(kBool, 3, "")), "ends inside a boolean");
  expect_invalid(RawGguf{}.key("key", kArray, array(kText, 3, text("a"))), "3 texts, more than the file could hold");
  expect_invalid(RawGguf{}.key("key", kArray, array(kU64, kHuge, "")), "all arrays together");
  expect_invalid(RawGguf{}.key("key", kArray, array(kU8, (1 << 24) + 1, "")), "all arrays together");
}

TEST(Gguf, BoundsTheElementsOfAllArraysTogether) {
  const std::string half(1 << 23, '\0');
  RawGguf raw;
  raw.key("a", kArray, array(kU8, half.size(), half)).key("b", kArray, array(kU8, half.size(), half));
  EXPECT_NO_THROW(open_bytes(raw.build()));
  raw.key("c", kArray, array(kU8, 1, "1"));
  expect_invalid(raw, "'c' is an array of 1 elements; all arrays together");
}

TEST(Gguf, RefusesABooleanThatIsNeitherTrueNorFalse) {
  expect_invalid(RawGguf{}.key("key", kBool, "\x02"), "neither 0 nor 1 but 2");
  expect_invalid(RawGguf{}.key("key", kArray, array(kBool, 1, "\xff")), "neither 0 nor 1 but 255");
}

TEST(Gguf, RefusesAlignmentsThatAreNotPowersOfTwoFromEight) {
  for (const std::uint32_t alignment : {0u, 1u, 4u, 24u, 33u, 1u << 21, 0x80000000u}) {
    expect_invalid(RawGguf{}.key("general.alignment", kU32, bytes_of(alignment)), "must be a power of two");
  }
  expect_invalid(RawGguf{}.key("general.alignment", kText, text("32")), "'general.alignment' should be an integer");
}

TEST(Gguf, HonoursTheAlignment) {
  RawGguf raw{.alignment = 4096};
  raw.key("general.alignment", kU32, bytes_of(4096)).tensor("w", {8}, kTypeF32, 4096).data(4096 + 32);
  const GgufFile file = open_bytes(raw.build());
  EXPECT_EQ(file.find("w")->offset, 8192u);
  raw.tensor("v", {8}, kTypeF32, 32);
  expect_invalid(raw, "tensor 'v' begins at offset 32, which is not a multiple of 4096");
}

TEST(Gguf, RefusesATensorTwice) {
  RawGguf raw;
  raw.tensor("w", {8}, kTypeF32, 0).tensor("w", {8}, kTypeF32, 32).data(64);
  expect_invalid(raw, "tensor 'w' appears twice");
}

TEST(Gguf, RefusesTensorPastEndOfFile) {
  expect_invalid(RawGguf{}.tensor("w", {8}, kTypeF32, 0).data(31),
                 "tensor 'w' (32 bytes at offset 0 of the data) runs past");
  expect_invalid(RawGguf{}.tensor("w", {8}, kTypeF32, 32).data(63), "runs past the end of the file");
  expect_invalid(RawGguf{}.tensor("w", {8}, kTypeF32, 0), "runs past the end of the file");
  expect_invalid(RawGguf{}.tensor("w", {8}, kTypeF32, kHuge - 31).data(64), "runs past the end of the file");
  EXPECT_NO_THROW(open_bytes(RawGguf{}.tensor("w", {8}, kTypeF32, 32).data(64).build()));
}

TEST(Gguf, RefusesUnalignedTensors) {
  expect_invalid(RawGguf{}.tensor("w", {8}, kTypeF32, 8).data(64), "offset 8, which is not a multiple of 32");
}

TEST(Gguf, RefusesOverlappingTensors) {
  RawGguf raw;
  raw.tensor("last", {8}, kTypeF32, 64).tensor("first", {17}, kTypeF32, 0).data(96);
  expect_invalid(raw, "tensors 'first' and 'last' overlap");
}

TEST(Gguf, AcceptsTensorsOutOfOrderAndGapsBetweenThem) {
  RawGguf raw;
  raw.tensor("last", {8}, kTypeF32, 128).tensor("first", {16}, kTypeF32, 0).data(160);
  EXPECT_NO_THROW(open_bytes(raw.build()));
}

TEST(Gguf, RefusesDimensionsOfZero) {
  expect_invalid(RawGguf{}.tensor("w", {8, 0}, kTypeF32, 0).data(32), "'w' has a dimension of zero");
}

TEST(Gguf, RefusesTooManyDimensionsOrNone) {
  expect_invalid(RawGguf{}.tensor("w", {8, 1, 1, 1, 1}, kTypeF32, 0).data(32), "'w' has 5 dimensions");
  expect_invalid(RawGguf{}.tensor("without", {}, kTypeF32, 0).data(32), "'without' has 0 dimensions");
}

TEST(Gguf, RefusesShapesThatOverflow) {
  const std::uint64_t big = std::uint64_t{1} << 32;
  expect_invalid(RawGguf{}.tensor("w", {big, big}, kTypeF32, 0).data(32), "dimensions overflow");
  expect_invalid(RawGguf{}.tensor("w", {kHuge}, kTypeF32, 0).data(32), "dimensions overflow");
  expect_invalid(RawGguf{}.tensor("w", {std::uint64_t{1} << 62}, kTypeF32, 0).data(32), "dimensions overflow");
  expect_invalid(RawGguf{}.tensor("w", {256, big, big}, kTypeQ4K, 0).data(32), "dimensions overflow");
  expect_invalid(RawGguf{}.tensor("w", {big, big / 256, 256, 1}, kTypeF32, 0).data(32), "dimensions overflow");
}

TEST(Gguf, RefusesRowsThatAreNotWholeBlocks) {
  expect_invalid(RawGguf{}.tensor("w", {640}, kTypeQ4K, 0).data(4096),
                 "rows of Q4_K must be multiples of 256, these are 640");
}

TEST(Gguf, NamesTypesItDoesNotRead) {
  expect_refusal(RawGguf{}.tensor("w", {256}, 16, 0).data(4096).build(), ErrorCode::unsupported,
                 "tensor 'w' is IQ2_XXS, which minnow does not read; use Q2_K");
  expect_refusal(RawGguf{}.tensor("w", {256}, 39, 0).data(4096).build(), ErrorCode::unsupported, "is MXFP4");
  expect_refusal(RawGguf{}.tensor("w", {256}, 77, 0).data(4096).build(), ErrorCode::unsupported, "type number 77");
  expect_refusal(RawGguf{}.tensor("w", {256}, 0xffffffff, 0).data(4096).build(), ErrorCode::unsupported, "4294967295");
}

TEST(Gguf, RefusesTensorsWithoutAName) {
  expect_invalid(RawGguf{}.tensor("", {8, 1}, kTypeF32, 0).data(32), "a tensor has a name of 0 bytes");
}

TEST(Gguf, PrintsStrangeNamesSafely) {
  const std::string evil = "\x1b[31mred\n\xff";
  expect_invalid(RawGguf{}.tensor(evil, {8, 0}, kTypeF32, 0).data(32), R"('\x1b[31mred\x0a\xff')");
  expect_invalid(RawGguf{}.tensor(std::string(60000, 'x'), {8, 0}, kTypeF32, 0).data(32), "xxx…' has a dimension");
}

TEST(Gguf, RefusesPartsOfASplitModelFromMemory) {
  expect_refusal(RawGguf{}.key("split.count", kU16, bytes_of(std::uint16_t{2})).build(), ErrorCode::unsupported,
                 "one part of a split model");
}

TEST(Gguf, RefusesEveryTruncation) {
  RawGguf raw;
  raw.key("name", kText, text("value")).key("list", kArray, array(kI32, 2, "12345678")).key("yes", kBool, "\x01");
  raw.tensor("w", {8}, kTypeF32, 0).tensor("v", {2, 4}, kTypeF32, 32).data(64);
  const std::string whole = raw.build();
  EXPECT_NO_THROW(open_bytes(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(open_bytes(std::string_view(whole).substr(0, size)), Error) << size;
  }
}

}  // namespace
}  // namespace minnow::formats
