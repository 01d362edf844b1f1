#include "base/file.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/byte_reader.hpp"
#include "base/mapped_file.hpp"
#include "base/sha256.hpp"

namespace minnow {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("minnow-file-test-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(FileTest, AtomicFileAppearsOnlyWhenCommitted) {
  const fs::path path = folder_ / "a";
  {
    AtomicFile file(path);
    file.write("hello");
    EXPECT_FALSE(fs::exists(path));
  }
  EXPECT_TRUE(fs::is_empty(folder_)) << "an uncommitted file must leave nothing behind";
  AtomicFile file(path);
  file.write("hello");
  file.commit();
  EXPECT_EQ(read_file(path), "hello");
}

TEST_F(FileTest, MissingFileIsNotFound) {
  try {
    MappedFile file(folder_ / "missing");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
}

TEST_F(FileTest, FolderIsNotAFile) { EXPECT_THROW(MappedFile file(folder_), Error); }

TEST_F(FileTest, MapsWhatWasWritten) {
  AtomicFile file(folder_ / "b");
  file.write("mapped");
  file.commit();
  MappedFile map(folder_ / "b");
  EXPECT_EQ(map.bytes().size(), 6u);
  MappedFile moved = std::move(map);
  EXPECT_EQ(static_cast<char>(moved.bytes()[5]), 'd');
}

TEST(ByteReader, RefusesToReadPastTheEnd) {
  const std::array<std::byte, 6> bytes{};
  ByteReader in(bytes, "test");
  in.read<std::uint32_t>("first");
  EXPECT_THROW(in.read<std::uint32_t>("second"), Error);
  EXPECT_THROW(in.take(~std::uint64_t{0}, "everything"), Error);
  EXPECT_EQ(in.remaining(), 2u);
}

TEST(Sha256, MatchesThePublishedVectors) {  // FIPS 180-2, B.1 and the empty message
  const std::string abc = "abc";
  EXPECT_EQ(sha256_hex(std::as_bytes(std::span(abc))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace minnow
