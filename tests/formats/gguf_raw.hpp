// GGUF files put together by hand, so that they can be wrong in one place.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "formats/gguf_reader.hpp"
#include "minnow/error.hpp"

namespace minnow::formats::testing_raw {

template <typename T>
std::string bytes_of(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

inline std::string text(std::string_view characters) {
  return bytes_of(std::uint64_t{characters.size()}) + std::string(characters);
}

// An array's value: its element type, count and elements.
inline std::string array(std::uint32_t type, std::uint64_t count, std::string_view elements) {
  return bytes_of(type) + bytes_of(count) + std::string(elements);
}

// Value types by their numbers in the file.
inline constexpr std::uint32_t kU8 = 0, kU16 = 2, kU32 = 4, kI32 = 5, kF32 = 6, kBool = 7, kText = 8, kArray = 9,
                               kU64 = 10;

struct RawGguf {
  std::uint32_t magic = 0x46554747;
  std::uint32_t version = 3;
  std::optional<std::uint64_t> n_keys, n_tensors;  // what the file claims; the truth when absent
  std::uint64_t alignment = 32;
  std::size_t data_size = 0;
  std::string keys, tensors;
  std::uint64_t keys_written = 0, tensors_written = 0;

  RawGguf& key(std::string_view name, std::uint32_t type, std::string_view value) {
    keys += text(name) + bytes_of(type) + std::string(value);
    ++keys_written;
    return *this;
  }
  RawGguf& tensor(std::string_view name, std::initializer_list<std::uint64_t> shape, std::uint32_t type,
                  std::uint64_t offset) {
    tensors += text(name) + bytes_of(static_cast<std::uint32_t>(shape.size()));
    for (const std::uint64_t dimension : shape) tensors += bytes_of(dimension);
    tensors += bytes_of(type) + bytes_of(offset);
    ++tensors_written;
    return *this;
  }
  RawGguf& data(std::size_t size) {
    data_size = size;
    return *this;
  }

  std::string build() const {
    std::string file = bytes_of(magic) + bytes_of(version) + bytes_of(n_tensors.value_or(tensors_written)) +
                       bytes_of(n_keys.value_or(keys_written)) + keys + tensors;
    if (data_size > 0) {
      file.resize((file.size() + alignment - 1) / alignment * alignment);
      file.resize(file.size() + data_size, '\x11');
    }
    return file;
  }
};

inline GgufFile open_bytes(std::string_view file) {
  return GgufFile::from_memory(std::as_bytes(std::span(file)), "test.gguf");
}

// Opening must throw minnow::Error with this code and a sentence that contains `words`.
inline void expect_refusal(std::string_view file, ErrorCode code, std::string_view words) {
  try {
    open_bytes(file);
    ADD_FAILURE() << "opened, but should say: " << words;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), ::testing::HasSubstr(std::string(words)));
    EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("\n")));
  }
}

inline void expect_invalid(const RawGguf& file, std::string_view words) {
  expect_refusal(file.build(), ErrorCode::invalid_input, words);
}

}  // namespace minnow::formats::testing_raw
