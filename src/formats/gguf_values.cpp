#include "formats/gguf_values.hpp"

#include "base/error.hpp"
#include "formats/gguf_text.hpp"

namespace minnow::formats::gguf {
namespace {

bool read_boolean(ByteReader& in, std::string_view key) {
  const auto byte = in.read<std::uint8_t>("a boolean");
  if (byte > 1) {
    fail(ErrorCode::invalid_input, "{}: metadata {} has a boolean that is neither 0 nor 1 but {}", in.name(),
         printable(key), byte);
  }
  return byte == 1;
}

// Elements of type Stored, widened.
template <typename Stored, typename Wide>
std::vector<Wide> read_numbers(ByteReader& in, std::uint64_t count) {
  const auto bytes = in.take(count * sizeof(Stored), "an array of numbers");  // count is bounded: no overflow
  std::vector<Wide> numbers(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    numbers[i] = stored;
  }
  return numbers;
}

std::vector<bool> read_booleans(ByteReader& in, std::uint64_t count, std::string_view key) {
  std::vector<bool> booleans;
  for (std::uint64_t i = 0; i < count; ++i) booleans.push_back(read_boolean(in, key));
  return booleans;
}

std::vector<std::string> read_texts(ByteReader& in, std::uint64_t count, std::string_view key) {
  if (count > in.remaining() / sizeof(std::uint64_t)) {
    fail(ErrorCode::invalid_input, "{}: metadata {} claims {} texts, more than the file could hold", in.name(),
         printable(key), count);
  }
  std::vector<std::string> texts;
  texts.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) texts.emplace_back(read_text(in, "an array of texts"));
  return texts;
}

MetadataValue read_array(ByteReader& in, std::string_view key, std::uint64_t& elements_left) {
  const auto type = in.read<std::uint32_t>("an array's type");
  const auto count = in.read<std::uint64_t>("an array's length");
  if (count > elements_left) {
    fail(ErrorCode::invalid_input, "{}: metadata {} is an array of {} elements; all arrays together may have {}",
         in.name(), printable(key), count, kMaxArrayElements);
  }
  elements_left -= count;
  switch (static_cast<ValueType>(type)) {
    case ValueType::u8:
      return read_numbers<std::uint8_t, std::uint64_t>(in, count);
    case ValueType::u16:
      return read_numbers<std::uint16_t, std::uint64_t>(in, count);
    case ValueType::u32:
      return read_numbers<std::uint32_t, std::uint64_t>(in, count);
    case ValueType::u64:
      return read_numbers<std::uint64_t, std::uint64_t>(in, count);
    case ValueType::i8:
      return read_numbers<std::int8_t, std::int64_t>(in, count);
    case ValueType::i16:
      return read_numbers<std::int16_t, std::int64_t>(in, count);
    case ValueType::i32:
      return read_numbers<std::int32_t, std::int64_t>(in, count);
    case ValueType::i64:
      return read_numbers<std::int64_t, std::int64_t>(in, count);
    case ValueType::f32:
      return read_numbers<float, double>(in, count);
    case ValueType::f64:
      return read_numbers<double, double>(in, count);
    case ValueType::boolean:
      return read_booleans(in, count, key);
    case ValueType::text:
      return read_texts(in, count, key);
    case ValueType::array:
      fail(ErrorCode::unsupported, "{}: metadata {} is an array of arrays, which minnow does not read", in.name(),
           printable(key));
  }
  fail(ErrorCode::invalid_input, "{}: metadata {} is an array of unknown type {}", in.name(), printable(key), type);
}

}  // namespace

std::string_view read_text(ByteReader& in, std::string_view what) {
  const auto length = in.read<std::uint64_t>(what);
  return in.take_text(length, what);
}

MetadataValue read_value(ByteReader& in, std::string_view key, std::uint64_t& elements_left) {
  constexpr std::string_view kWhat = "a metadata value";
  const auto type = in.read<std::uint32_t>("a metadata value's type");
  switch (static_cast<ValueType>(type)) {
    case ValueType::u8:
      return std::uint64_t{in.read<std::uint8_t>(kWhat)};
    case ValueType::u16:
      return std::uint64_t{in.read<std::uint16_t>(kWhat)};
    case ValueType::u32:
      return std::uint64_t{in.read<std::uint32_t>(kWhat)};
    case ValueType::u64:
      return in.read<std::uint64_t>(kWhat);
    case ValueType::i8:
      return std::int64_t{in.read<std::int8_t>(kWhat)};
    case ValueType::i16:
      return std::int64_t{in.read<std::int16_t>(kWhat)};
    case ValueType::i32:
      return std::int64_t{in.read<std::int32_t>(kWhat)};
    case ValueType::i64:
      return in.read<std::int64_t>(kWhat);
    case ValueType::f32:
      return double{in.read<float>(kWhat)};
    case ValueType::f64:
      return in.read<double>(kWhat);
    case ValueType::boolean:
      return read_boolean(in, key);
    case ValueType::text:
      return std::string(read_text(in, kWhat));
    case ValueType::array:
      return read_array(in, key, elements_left);
  }
  fail(ErrorCode::invalid_input, "{}: metadata {} has unknown type {}", in.name(), printable(key), type);
}

}  // namespace minnow::formats::gguf
