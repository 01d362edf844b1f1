// Packs of weights: what is written comes back, and nothing that isn't whole is believed.
#include "formats/pack_file.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "base/checksum.hpp"
#include "base/file.hpp"
#include "formats/pack_table.hpp"
#include "formats/pack_writer.hpp"
#include "minnow/error.hpp"
#include "temporary_folder.hpp"

namespace minnow::formats {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> pattern(std::size_t size, unsigned seed) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + (i >> 8) + seed);
  return bytes;
}

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

bool opens(std::span<const std::byte> bytes) {
  try {
    const PackFile pack = PackFile::from_memory(bytes, "pack");
    std::uint64_t sum = 0;
    for (const PackedMatrix& matrix : pack.table().matrices) sum += checksum(pack.data(matrix));
    for (std::size_t i = 0; i < pack.n_chunks(); ++i) sum += pack.chunk_is_intact(i) ? 1 : 0;
    return sum != 1;  // uses all of it
  } catch (const Error&) {
    return false;
  }
}

class PackFileTest : public ::testing::Test {
 protected:
  fs::path path() const { return folder_ / "a.pack"; }

  std::string written() {
    PackWriter out(std::move(*ExclusiveFile::try_create(path())));
    out.begin({.name = "one", .format = numeric::Format::q4_k, .row_tile = 16, .rows = 5, .cols = 256});
    out.write(first_);
    out.begin({.name = "two", .format = numeric::Format::q8_0, .row_tile = 16, .rows = 7, .cols = 32});
    out.write(std::span(second_).first(100));
    out.write(std::span(second_).subspan(100));
    out.commit({.layout = "rows16.1", .model_sha256 = "abc", .model_bytes = 77}, 99);
    return read_file(path());
  }

  const testing::TemporaryFolder folder_;
  std::vector<std::byte> first_ = pattern(1000, 1);
  std::vector<std::byte> second_ = pattern(kPackChunkBytes + 5000, 2);  // into the second chunk
};

TEST_F(PackFileTest, GivesBackWhatWasWritten) {
  written();
  const PackFile pack = PackFile::open(path());
  EXPECT_EQ(pack.table().layout, "rows16.1");
  EXPECT_EQ(pack.table().model_sha256, "abc");
  EXPECT_EQ(pack.table().model_bytes, 77u);
  EXPECT_EQ(pack.model_stamp(), 99u);
  EXPECT_TRUE(pack.settings().empty());
  const PackedMatrix* one = pack.find("one");
  const PackedMatrix* two = pack.find("two");
  ASSERT_TRUE(one != nullptr && two != nullptr);
  EXPECT_EQ(pack.find("three"), nullptr);
  EXPECT_EQ(one->format, numeric::Format::q4_k);
  EXPECT_EQ(two->rows, 7u);
  EXPECT_TRUE(std::ranges::equal(pack.data(*one), first_));
  EXPECT_TRUE(std::ranges::equal(pack.data(*two), second_));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pack.data(*two).data()) % 64, 0u);
  ASSERT_EQ(pack.n_chunks(), 2u);
  EXPECT_TRUE(pack.chunk_is_intact(0) && pack.chunk_is_intact(1));
}

TEST_F(PackFileTest, LeavesOnlyTheFinishedFile) {
  written();
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(PackFileTest, RefusesAFileThatWasCutShortAnywhere) {
  const std::string whole = written();
  ASSERT_TRUE(opens(bytes_of(whole)));
  const std::size_t table = whole.find("{\"checksums\"");
  ASSERT_NE(table, std::string::npos);
  for (std::size_t size = 0; size < 200; ++size) EXPECT_FALSE(opens(bytes_of(whole).first(size))) << size;
  for (std::size_t size = table - 3; size < whole.size(); ++size) {
    EXPECT_FALSE(opens(bytes_of(whole).first(size))) << size;
  }
  EXPECT_FALSE(opens(bytes_of(whole + "x")));
}

TEST_F(PackFileTest, RefusesEveryFlippedBitOfHeaderAndTable) {
  std::string bytes = written();
  const std::size_t table = bytes.find("{\"checksums\"");
  const auto flip_all = [&](std::size_t begin, std::size_t end) {
    for (std::size_t bit = begin * 8; bit < end * 8; ++bit) {
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_FALSE(opens(bytes_of(bytes))) << "bit " << bit;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    }
  };
  flip_all(0, kPackStampOffset);
  flip_all(table, bytes.size());
}

TEST_F(PackFileTest, FindsAFlippedBitOfTheWeightsWhenAsked) {
  const std::string whole = written();
  for (const std::size_t at : {std::size_t{4096}, std::size_t{4096 + 999}, std::size_t{(4 << 20) + 4000}}) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    const PackFile pack = PackFile::from_memory(bytes_of(bytes), "pack");
    const std::size_t chunk = at / kPackChunkBytes;
    EXPECT_FALSE(pack.chunk_is_intact(chunk));
    EXPECT_TRUE(pack.chunk_is_intact(1 - chunk));
  }
}

TEST_F(PackFileTest, HasTheSettingsThatWereWrittenIntoItAndNoneThatAreDamaged) {
  std::string bytes = written();
  const PackSettings settings{{"isa", "x"}, {"tasks", "16"}};
  const auto encoded = encode_pack_settings(settings);
  std::memcpy(bytes.data() + kPackSettingsOffset, encoded.data(), encoded.size());
  EXPECT_EQ(PackFile::from_memory(bytes_of(bytes), "pack").settings(), settings);
  for (std::size_t bit = 0; bit < encoded.size() * 8; ++bit) {
    std::string broken = bytes;
    char& at = broken[kPackSettingsOffset + bit / 8];
    at = static_cast<char>(at ^ (1 << (bit % 8)));
    EXPECT_TRUE(PackFile::from_memory(bytes_of(broken), "pack").settings().empty()) << "bit " << bit;
  }
  EXPECT_THROW(encode_pack_settings({{"key", std::string(5000, 'x')}}), Error);
}

// A pack whose checksums are right and whose table says what a test likes.
std::string forged(const std::string& table, std::size_t data_bytes = 4096) {
  const PackHeader header{.table_offset = kPackDataOffset + data_bytes,
                          .table_bytes = table.size(),
                          .table_checksum = checksum(bytes_of(table))};
  const auto start = encode_pack_header(header);
  std::string bytes(kPackDataOffset + data_bytes, '\0');
  std::memcpy(bytes.data(), start.data(), start.size());
  return bytes + table;
}

std::string table_with(const std::string& matrix, const std::string& checksums = "\"0000000000000000\"") {
  return R"({"layout":"l","model":{"sha256":"","bytes":1},"checksums":[)" + checksums + R"(],"matrices":[)" + matrix +
         "]}";
}

std::string matrix(const std::string& offset, const std::string& size, const std::string& format = "Q4_K") {
  return R"({"name":"m","format":")" + format + R"(","row_tile":16,"rows":1,"cols":256,"offset":)" + offset +
         R"(,"bytes":)" + size + "}";
}

TEST(HostilePack, IsRefusedWhateverItsTableSays) {
  ASSERT_TRUE(opens(bytes_of(forged(table_with(matrix("4096", "4096"))))));
  const std::string tables[] = {
      table_with(matrix("4096", "4097")),
      table_with(matrix("0", "64")),
      table_with(matrix("8192", "64")),
      table_with(matrix("4097", "64")),
      table_with(matrix("18446744073709551552", "128")),
      table_with(matrix("4096", "18446744073709551615")),
      table_with(matrix("-1", "64")),
      table_with(matrix("4096", "0.5")),
      table_with(matrix("\"4096\"", "64")),
      table_with(matrix("4096", "64", "Q9_Z")),
      table_with(matrix("4096", "64") + "," + matrix("4096", "64")),
      table_with("7"),
      table_with("", ""),
      table_with("", "\"0000000000000000\",\"0000000000000000\""),
      table_with("", "\"00000000000000zz\""),
      table_with("", "\"\""),
      "[]",
      "{}",
      "",
      "nonsense",
  };
  for (const std::string& table : tables) EXPECT_FALSE(opens(bytes_of(forged(table)))) << table;
}

}  // namespace
}  // namespace minnow::formats
