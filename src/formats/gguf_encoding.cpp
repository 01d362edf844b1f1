#include "formats/gguf_encoding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "formats/gguf_layout.hpp"
#include "formats/gguf_text.hpp"

namespace minnow::formats::gguf {
namespace {

template <typename T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void put_text(std::string& out, std::string_view text) {
  put(out, std::uint64_t{text.size()});
  out += text;
}

template <typename Narrow, typename Wide>
bool all_fit(const std::vector<Wide>& values) {
  return std::all_of(values.begin(), values.end(), [](Wide value) { return std::in_range<Narrow>(value); });
}

// Infinity and NaN are f32's as much as f64's.
bool fits_f32(double value) { return !std::isfinite(value) || std::fabs(value) <= std::numeric_limits<float>::max(); }

// The overloads below write one value without its type; ValueType tells the type they chose.
class ValueWriter {
 public:
  explicit ValueWriter(std::string& out) : out_(out) {}

  void operator()(bool value) { scalar(ValueType::boolean, static_cast<std::uint8_t>(value)); }
  void operator()(std::int64_t value) {
    if (std::in_range<std::int32_t>(value)) return scalar(ValueType::i32, static_cast<std::int32_t>(value));
    scalar(ValueType::i64, value);
  }
  void operator()(std::uint64_t value) {
    if (std::in_range<std::uint32_t>(value)) return scalar(ValueType::u32, static_cast<std::uint32_t>(value));
    scalar(ValueType::u64, value);
  }
  void operator()(double value) {
    if (fits_f32(value)) return scalar(ValueType::f32, static_cast<float>(value));
    scalar(ValueType::f64, value);
  }
  void operator()(const std::string& value) {
    put_type(ValueType::text);
    put_text(out_, value);
  }

  void operator()(const std::vector<bool>& values) { array<std::uint8_t>(ValueType::boolean, values); }
  void operator()(const std::vector<std::int64_t>& values) {
    if (all_fit<std::int32_t>(values)) return array<std::int32_t>(ValueType::i32, values);
    array<std::int64_t>(ValueType::i64, values);
  }
  void operator()(const std::vector<std::uint64_t>& values) {
    if (all_fit<std::uint32_t>(values)) return array<std::uint32_t>(ValueType::u32, values);
    array<std::uint64_t>(ValueType::u64, values);
  }
  void operator()(const std::vector<double>& values) {
    if (std::all_of(values.begin(), values.end(), fits_f32)) return array<float>(ValueType::f32, values);
    array<double>(ValueType::f64, values);
  }
  void operator()(const std::vector<std::string>& values) {
    array_head(ValueType::text, values.size());
    for (const std::string& value : values) put_text(out_, value);
  }

 private:
  void put_type(ValueType type) { put(out_, static_cast<std::uint32_t>(type)); }

  template <typename Stored>
  void scalar(ValueType type, Stored value) {
    put_type(type);
    put(out_, value);
  }

  void array_head(ValueType type, std::size_t count) {
    put_type(ValueType::array);
    put_type(type);
    put(out_, std::uint64_t{count});
  }

  template <typename Stored, typename Values>
  void array(ValueType type, const Values& values) {
    array_head(type, values.size());
    for (const auto value : values) put(out_, static_cast<Stored>(value));
  }

  std::string& out_;
};

}  // namespace

std::string encode_header(const Metadata& metadata, std::span<const TensorInfo> tensors) {
  std::string out;
  put(out, kMagic);
  put(out, kVersion);
  put(out, std::uint64_t{tensors.size()});
  put(out, std::uint64_t{metadata.entries().size()});
  for (const auto& [key, value] : metadata.entries()) {
    if (key.empty() || key.size() > kMaxKeyLength) {
      fail(ErrorCode::invalid_input, "metadata key {} has {} bytes; 1 to {} are allowed", printable(key), key.size(),
           kMaxKeyLength);
    }
    put_text(out, key);
    std::visit(ValueWriter(out), value);
  }
  for (const TensorInfo& tensor : tensors) {
    put_text(out, tensor.name);
    put(out, static_cast<std::uint32_t>(tensor.n_dimensions));
    for (std::size_t i = 0; i < tensor.n_dimensions; ++i) put(out, tensor.shape[i]);
    put(out, numeric::info(tensor.format).ggml_type);
    put(out, tensor.offset);
  }
  return out;
}

}  // namespace minnow::formats::gguf
