// Models cut into several files.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "formats/split_name.hpp"
#include "gguf_files.hpp"
#include "minnow/error.hpp"

#include <gtest/gtest.h>

namespace minnow::formats {
namespace {

struct PartOptions {
  std::uint64_t number = 0, count = 3, n_tensors = 3;
  std::string tensor = "w";
  std::string architecture = "llama";
};

void write_part(const std::filesystem::path& path, const PartOptions& options) {
  GgufWriter writer;
  writer.metadata().set("general.architecture", options.architecture);
  writer.metadata().set("split.no", options.number);
  writer.metadata().set("split.count", options.count);
  writer.metadata().set("split.tensors.count", options.n_tensors);
  if (options.number == 0) writer.metadata().set("llama.block_count", std::uint64_t{7});
  writer.add_tensor(options.tensor, numeric::Format::f32, {16});
  writer.write(path, fill_with_pattern);
}

// Three parts of one tensor each: a, b and c.
class SplitModel : public ::testing::Test {
 protected:
  SplitModel() {
    for (std::uint64_t part = 0; part < 3; ++part) {
      write_part(path(part), {.number = part, .tensor = std::string(1, static_cast<char>('a' + part))});
    }
  }

  std::filesystem::path path(std::uint64_t part) const { return split_path({folder_ / "model", 0, 3}, part); }

  void expect_refusal(ErrorCode code, std::string_view words) const {
    for (std::uint64_t part = 0; part < 3; ++part) {
      if (!std::filesystem::exists(path(part))) continue;
      try {
        GgufFile::open(path(part));
        ADD_FAILURE() << "part " << part << " should say: " << words;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), code);
        EXPECT_THAT(error.what(), ::testing::HasSubstr(std::string(words)));
      }
    }
  }

  TemporaryFolder folder_;
};

TEST_F(SplitModel, OpensAsOneFromAnyPart) {
  for (std::uint64_t part = 0; part < 3; ++part) {
    const GgufFile file = GgufFile::open(path(part));
    EXPECT_EQ(file.name(), path(0).string());
    EXPECT_EQ(file.metadata().unsigned_integer("llama.block_count"), 7u);
    ASSERT_EQ(file.tensors().size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
      const TensorInfo& tensor = file.tensors()[i];
      EXPECT_EQ(tensor.name, std::string(1, static_cast<char>('a' + i)));
      EXPECT_EQ(tensor.part, i);
      EXPECT_TRUE(std::ranges::equal(file.data(tensor), pattern_of(tensor)));
    }
  }
}

TEST_F(SplitModel, ForgetsThatItWasSplit) {
  const GgufFile file = GgufFile::open(path(0));
  for (const auto& [key, value] : file.metadata().entries()) EXPECT_FALSE(key.starts_with("split.")) << key;
}

TEST_F(SplitModel, CountsAndHashesAllParts) {
  const GgufFile file = GgufFile::open(path(1));
  const std::string whole = read_file(path(0)) + read_file(path(1)) + read_file(path(2));
  EXPECT_EQ(file.size_bytes(), whole.size());
  EXPECT_EQ(file.sha256(), sha256_hex(std::as_bytes(std::span(whole))));
}

TEST_F(SplitModel, NamesAMissingPart) {
  std::filesystem::remove(path(1));
  expect_refusal(ErrorCode::not_found, "model-00002-of-00003.gguf is missing: it is part 2 of 3");
}

TEST_F(SplitModel, RefusesPartsOfAnotherModel) {
  write_part(path(2), {.number = 2, .tensor = "c", .architecture = "gemma"});
  expect_refusal(ErrorCode::invalid_input, "disagree about metadata 'general.architecture'");
}

TEST_F(SplitModel, RefusesAPartUnderTheNameOfAnother) {
  write_part(path(2), {.number = 1, .tensor = "c"});
  expect_refusal(ErrorCode::invalid_input, "says it is part 2, but its name makes it part 3 of 3");
}

TEST_F(SplitModel, RefusesTheSameTensorInTwoParts) {
  write_part(path(2), {.number = 2, .tensor = "a"});
  expect_refusal(ErrorCode::invalid_input, "tensor 'a' appears twice");
}

TEST_F(SplitModel, RefusesPartsThatCountDifferently) {
  write_part(path(0), {.number = 0, .n_tensors = 4, .tensor = "a"});
  expect_refusal(ErrorCode::invalid_input, "has 4 tensors in all its parts, but they hold 3");
}

TEST_F(SplitModel, RefusesPartsOfAnotherNumberOfParts) {
  write_part(path(1), {.number = 0, .count = 1, .n_tensors = 1, .tensor = "b"});
  EXPECT_THAT([&] { GgufFile::open(path(0)); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("says the model has 1 parts, but")));
  EXPECT_EQ(GgufFile::open(path(1)).tensors().size(), 1u);  // by itself it is a whole model
}

TEST_F(SplitModel, RefusesAPartThatWasRenamed) {
  std::filesystem::rename(path(0), folder_ / "renamed.gguf");
  EXPECT_THAT([&] { GgufFile::open(folder_ / "renamed.gguf"); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("must be named like model-00001-of-00003.gguf")));
}

TEST_F(SplitModel, RefusesATruncatedPart) {
  std::filesystem::resize_file(path(2), std::filesystem::file_size(path(2)) - 1);
  expect_refusal(ErrorCode::invalid_input, "00003-of-00003.gguf: tensor 'c'");
}

TEST(Split, OpensAWholeFileWithTheNameOfAPart) {
  const TemporaryFolder folder;
  GgufWriter().write(folder / "model-00001-of-00002.gguf", fill_with_pattern);
  EXPECT_NO_THROW(GgufFile::open(folder / "model-00001-of-00002.gguf"));
}

TEST(Split, RefusesAnAbsurdNumberOfParts) {
  const TemporaryFolder folder;
  write_part(folder / "model-00001-of-00002.gguf", {.count = 100000});
  EXPECT_THAT([&] { GgufFile::open(folder / "model-00001-of-00002.gguf"); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("split.count is 100000")));
}

TEST(SplitName, IsParsedOnlyWhenItIsOne) {
  const auto name = parse_split_name("models/tiny-00002-of-00003.gguf");
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->prefix, "models/tiny");
  EXPECT_EQ(name->index, 1u);
  EXPECT_EQ(name->count, 3u);
  EXPECT_EQ(split_path(*name, 2), "models/tiny-00003-of-00003.gguf");
  for (const char* other : {"tiny.gguf", "-00001-of-00002.gguf", "tiny-00000-of-00002.gguf", "tiny-00003-of-00002.gguf",
                            "tiny-0001-of-00002.gguf", "tiny-00001-of-00002.bin", "tiny-0000x-of-00002.gguf",
                            "tiny_00001-of-00002.gguf", "tiny-+0001-of-00002.gguf", ""}) {
    EXPECT_FALSE(parse_split_name(other).has_value()) << other;
  }
}

}  // namespace
}  // namespace minnow::formats
