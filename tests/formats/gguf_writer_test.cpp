// What the writer writes, the reader reads back, and what it can't write it refuses.
#include "formats/gguf_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/file.hpp"
#include "gguf_files.hpp"
#include "minnow/error.hpp"

namespace minnow::formats {
namespace {

class RandomMetadata {
 public:
  explicit RandomMetadata(std::mt19937_64& random) : random_(random) {}

  MetadataValue value() {
    switch (random_() % 10) {
      case 0:
        return random_() % 2 == 0;
      case 1:
        return integer();
      case 2:
        return static_cast<std::uint64_t>(integer());
      case 3:
        return real();
      case 4:
        return text();
      case 5:
        return list<bool>([&] { return random_() % 2 == 0; });
      case 6:
        return list<std::int64_t>([&] { return integer(); });
      case 7:
        return list<std::uint64_t>([&] { return static_cast<std::uint64_t>(integer()); });
      case 8:
        return list<double>([&] { return real(); });
      default:
        return list<std::string>([&] { return text(); });
    }
  }

  std::string text() {
    std::string text(random_() % 40, ' ');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

 private:
  std::int64_t integer() { return static_cast<std::int64_t>(random_()) >> (random_() % 64); }
  // What f32 holds exactly, or what is beyond it.
  double real() {
    if (random_() % 4 == 0) return std::ldexp(1.0 + static_cast<double>(random_() % 1000), 200);
    return static_cast<double>(std::ldexp(static_cast<float>(random_() % 100000) - 50000.0f, -7));
  }
  template <typename T, typename Make>
  std::vector<T> list(Make make) {
    std::vector<T> values;
    for (std::size_t n = random_() % 20; n > 0; --n) values.push_back(make());
    return values;
  }

  std::mt19937_64& random_;
};

TEST(GgufWriter, EverythingReadsBackAsWritten) {
  std::mt19937_64 random(5);
  const TemporaryFolder folder;
  for (int round = 0; round < 40; ++round) {
    GgufWriter writer;
    RandomMetadata make(random);
    for (std::size_t n = random() % 12; n > 0; --n)
      writer.metadata().set("key" + std::to_string(n) + make.text(), make.value());
    if (round % 3 == 1) writer.metadata().set("general.alignment", std::uint64_t{8} << (random() % 10));
    std::vector<TensorInfo> expected;
    for (std::size_t n = 0; n < random() % 10; ++n) {
      const auto format = static_cast<numeric::Format>(random() % numeric::kFormatCount);
      std::vector<std::uint64_t> shape{numeric::info(format).block_values * (1 + random() % 3)};
      while (shape.size() < 4 && random() % 2 == 0) shape.push_back(1 + random() % 5);
      writer.add_tensor("tensor" + std::to_string(n), format, shape);
      expected.push_back({.name = "tensor" + std::to_string(n), .format = format, .n_dimensions = shape.size()});
      std::copy(shape.begin(), shape.end(), expected.back().shape.begin());
    }

    writer.write(folder / "file.gguf", fill_with_pattern);
    const GgufFile file = GgufFile::open(folder / "file.gguf");
    ASSERT_EQ(file.metadata().entries(), writer.metadata().entries());
    ASSERT_EQ(file.tensors().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const TensorInfo& tensor = file.tensors()[i];
      ASSERT_EQ(tensor.name, expected[i].name);
      ASSERT_EQ(tensor.format, expected[i].format);
      ASSERT_EQ(tensor.shape, expected[i].shape);
      ASSERT_EQ(tensor.n_dimensions, expected[i].n_dimensions);
      ASSERT_TRUE(std::ranges::equal(file.data(tensor), pattern_of(tensor)));
    }
  }
}

TEST(GgufWriter, StoresRealNumbersAsF32) {
  const TemporaryFolder folder;
  GgufWriter writer;
  writer.metadata().set("epsilon", 1e-5);
  writer.metadata().set("infinity", std::numeric_limits<double>::infinity());
  writer.metadata().set("huge", 1e300);
  writer.write(folder / "file.gguf", fill_with_pattern);
  const GgufFile file = GgufFile::open(folder / "file.gguf");
  EXPECT_EQ(file.metadata().number("epsilon"), double{1e-5f});
  EXPECT_EQ(file.metadata().number("infinity"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(file.metadata().number("huge"), 1e300);
}

TEST(GgufWriter, TellsTheProducerWhereATensorGoes) {
  const TemporaryFolder folder;
  GgufWriter writer;
  writer.add_tensor("a", numeric::Format::f32, {3});
  writer.add_tensor("b", numeric::Format::f16, {5, 2});
  std::vector<TensorInfo> given;
  writer.write(folder / "file.gguf", [&](const TensorInfo& tensor, const GgufWriter::Sink& sink) {
    given.push_back(tensor);
    fill_with_pattern(tensor, sink);
  });
  const GgufFile file = GgufFile::open(folder / "file.gguf");
  ASSERT_EQ(given.size(), 2u);
  EXPECT_EQ(given[0].offset, file.tensors()[0].offset);
  EXPECT_EQ(given[1].offset, file.tensors()[1].offset);
  EXPECT_EQ(given[1].size_bytes, 20u);
  EXPECT_EQ(given[1].offset - given[0].offset, 32u);
}

template <typename Action>
void expect_error(ErrorCode code, std::string_view words, Action action) {
  try {
    action();
    ADD_FAILURE() << "should say: " << words;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.what(), ::testing::HasSubstr(std::string(words)));
  }
}

TEST(GgufWriter, RefusesTensorsThatCannotBe) {
  GgufWriter writer;
  writer.add_tensor("w", numeric::Format::f32, {4});
  const auto refused = [&](std::string_view words, std::string_view name, numeric::Format format,
                           std::initializer_list<std::uint64_t> shape) {
    expect_error(ErrorCode::invalid_input, words, [&] { writer.add_tensor(name, format, shape); });
  };
  refused("appears twice", "w", numeric::Format::f32, {4});
  refused("name of 0 bytes", "", numeric::Format::f32, {4});
  refused("rows of Q8_0 must be multiples of 32, these are 33", "q", numeric::Format::q8_0, {33});
  refused("dimension of zero", "z", numeric::Format::f32, {4, 0});
  refused("has 0 dimensions", "n", numeric::Format::f32, {});
  refused("has 5 dimensions", "f", numeric::Format::f32, {1, 1, 1, 1, 1});
}

TEST(GgufWriter, RefusesAnImpossibleAlignment) {
  const TemporaryFolder folder;
  GgufWriter writer;
  writer.metadata().set("general.alignment", std::uint64_t{48});
  expect_error(ErrorCode::invalid_input, "must be a power of two",
               [&] { writer.write(folder / "x", fill_with_pattern); });
}

TEST(GgufWriter, LeavesNothingWhenATensorGetsTheWrongNumberOfBytes) {
  const TemporaryFolder folder;
  GgufWriter writer;
  writer.add_tensor("w", numeric::Format::f32, {4});
  for (const std::size_t size : {0u, 15u, 17u}) {
    expect_error(ErrorCode::internal, "its 16 bytes", [&] {
      writer.write(folder / "file.gguf",
                   [&](const TensorInfo&, const GgufWriter::Sink& sink) { sink(std::vector<std::byte>(size)); });
    });
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << size;
  }
}

TEST(GgufWriter, KeepsTheOldFileWhenTheProducerThrows) {
  const TemporaryFolder folder;
  GgufWriter writer;
  writer.write(folder / "file.gguf", fill_with_pattern);
  const std::string before = read_file(folder / "file.gguf");
  writer.add_tensor("w", numeric::Format::f32, {4});
  EXPECT_THROW(writer.write(folder / "file.gguf",
                            [](const TensorInfo&, const GgufWriter::Sink&) { throw std::runtime_error("no weights"); }),
               std::runtime_error);
  EXPECT_EQ(read_file(folder / "file.gguf"), before);
}

TEST(GgufWriter, SameInputGivesTheSameHash) {
  const TemporaryFolder folder;
  GgufWriter writer;
  writer.add_tensor("w", numeric::Format::f32, {400});
  writer.write(folder / "a.gguf", fill_with_pattern);
  writer.write(folder / "b.gguf", fill_with_pattern);
  const GgufFile a = GgufFile::open(folder / "a.gguf");
  EXPECT_EQ(a.sha256(), GgufFile::open(folder / "b.gguf").sha256());
  EXPECT_EQ(a.sha256().size(), 64u);
  EXPECT_EQ(a.size_bytes(), std::filesystem::file_size(folder / "a.gguf"));
  a.release(a.tensors()[0]);  // a hint: the bytes are still there
  EXPECT_TRUE(std::ranges::equal(a.data(a.tensors()[0]), pattern_of(a.tensors()[0])));
}

}  // namespace
}  // namespace minnow::formats
