#include "base/file.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>

#include "base/byte_reader.hpp"
#include "base/checksum.hpp"
#include "base/exclusive_file.hpp"
#include "base/mapped_file.hpp"
#include "base/sha256.hpp"
#include "temporary_folder.hpp"

namespace minnow {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

class FileTest : public ::testing::Test {
 protected:
  const testing::TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
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

TEST_F(FileTest, AtomicFileOfAKilledProcessLeavesNothing) {
  const int nameless = ::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (nameless < 0) GTEST_SKIP() << "this file system has no files without a name";
  ::close(nameless);
  const fs::path path = folder_ / "a";
  const pid_t child = ::fork();
  if (child == 0) {
    AtomicFile file(path);
    file.write("hello");
    ::raise(SIGKILL);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(fs::is_empty(folder_));
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

TEST_F(FileTest, ExclusiveFileAppearsOnlyWhenCommitted) {
  const fs::path path = folder_ / "pack";
  { ExclusiveFile::try_create(path)->write(bytes_of("hello")); }
  EXPECT_TRUE(fs::is_empty(folder_)) << "an uncommitted file must leave nothing behind";
  auto file = ExclusiveFile::try_create(path);
  file->write(bytes_of("hello"));
  file->write_at(1, bytes_of("u"));
  EXPECT_FALSE(fs::exists(path));
  file->commit();
  EXPECT_EQ(read_file(path), "hullo");
  EXPECT_FALSE(fs::exists(folder_ / "pack.part"));
}

TEST_F(FileTest, APartLeftBehindForMoreReadersLosesThem) {
  const fs::path path = folder_ / "pack";
  const fs::path part = folder_ / "pack.part";
  write_file(part, "left behind");
  fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write | ExclusiveFile::kAnyReader);
  ExclusiveFile::try_create(path, fs::perms::group_read)->commit();
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST_F(FileTest, ExclusiveFileHasOneBuilderAtATime) {
  const fs::path path = folder_ / "pack";
  auto first = ExclusiveFile::try_create(path);
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(ExclusiveFile::try_create(path).has_value());
  first->commit();
  EXPECT_TRUE(ExclusiveFile::try_create(path).has_value());
}

TEST_F(FileTest, ExclusiveFileTakesOverWhatAPowerCutLeft) {
  const fs::path path = folder_ / "pack";
  AtomicFile left(folder_ / "pack.part");
  left.write("half of something long");
  left.commit();
  auto file = ExclusiveFile::try_create(path);
  file->write(bytes_of("new"));
  file->commit();
  EXPECT_EQ(read_file(path), "new");
}

TEST_F(FileTest, ExclusiveFileFollowsNoLinkSomeoneLaidOut) {
  AtomicFile victim(folder_ / "victim");
  victim.write("precious");
  victim.commit();
  fs::create_symlink(folder_ / "victim", folder_ / "pack.part");
  EXPECT_THROW(ExclusiveFile::try_create(folder_ / "pack"), Error);
  fs::remove(folder_ / "pack.part");
  fs::create_hard_link(folder_ / "victim", folder_ / "pack.part");
  EXPECT_THROW(ExclusiveFile::try_create(folder_ / "pack"), Error);
  EXPECT_EQ(read_file(folder_ / "victim"), "precious");
}

TEST_F(FileTest, ExclusiveFileBeyondTheSizeLimitIsAnErrorAndNoSignal) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    auto file = ExclusiveFile::try_create(folder_ / "pack");
    EXPECT_NO_THROW(file->write(std::vector<std::byte>(1000)));
    EXPECT_THROW(file->write(std::vector<std::byte>(1)), Error);
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(FileTest, APipeIsRefusedAndNotWaitedFor) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THROW(MappedFile file(folder_ / "pipe"), Error);
}

TEST_F(FileTest, FreshBytesAreResident) {
  AtomicFile file(folder_ / "b");
  file.write(std::vector<std::byte>(100000));
  file.commit();
  const MappedFile map(folder_ / "b");
  EXPECT_TRUE(MappedFile::is_resident(map.bytes()));
  MappedFile::populate(map.bytes());
  EXPECT_EQ(map.bytes()[99999], std::byte{0});
}

TEST(Checksum, ChangesWithEveryBitAndWithTheLength) {
  std::vector<std::byte> bytes(101);
  const std::uint64_t before = checksum(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    EXPECT_NE(checksum(bytes), before) << "bit " << bit;
    bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_NE(checksum(std::span(bytes).first(size)), before);
}

TEST(Checksum, IsTheSameOnEveryMachine) {
  std::vector<std::byte> bytes(77);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  EXPECT_EQ(checksum(bytes), 0xB4EDE55EA6B956A5);
}

}  // namespace
}  // namespace minnow
