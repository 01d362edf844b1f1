// The search for scales: the same bytes from every instruction set, and less error where it is said to matter.
#include "numeric/encoder/active_encoder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>

#include "base/sha256.hpp"
#include "numeric/format.hpp"
#include "test_data.hpp"

namespace minnow::numeric {
namespace {

constexpr std::size_t kValues = 256 * 11;  // an odd number of blocks: the last pass is not full

std::vector<Format> searched_formats() {
  std::vector<Format> formats;
  for (std::size_t i = 0; i < kFormatCount; ++i) {
    const auto format = static_cast<Format>(i);
    if (detail::search_of(detail::active_encoder(), format) != nullptr) formats.push_back(format);
  }
  return formats;
}

// Whole eighths up to 4 with a heavy tail, made without the library's distributions, which differ between systems;
// the last blocks are zeros, one value, and a ramp of one sign.
std::vector<float> values() {
  std::mt19937 random(11);
  std::vector<float> values(kValues);
  for (float& value : values) {
    const auto whole = static_cast<float>(static_cast<int>(random() % 65) - 32);
    value = whole * whole * whole / 8192.0f;
  }
  const auto block = [&](std::size_t i) { return values.begin() + static_cast<std::ptrdiff_t>(i) * 256; };
  std::fill(block(8), block(9), 0.0f);
  std::fill(block(9), block(10), -0.75f);
  for (std::size_t i = 0; i < 256; ++i) values[10 * 256 + i] = 0.5f + static_cast<float>(i) / 256.0f;
  return values;
}

std::vector<float> importance() {
  std::mt19937 random(12);
  std::vector<float> weights(kValues);
  for (float& weight : weights) weight = static_cast<float>(random() % 64) / 16.0f;  // some are zero
  return weights;
}

std::vector<std::byte> bytes_of(detail::SearchedEncode encode, Format format, bool weighted) {
  std::vector<std::byte> blocks(row_bytes(format, kValues));
  encode(values().data(), weighted ? importance().data() : nullptr, kValues,
         reinterpret_cast<unsigned char*>(blocks.data()));
  return blocks;
}

double weighted_error(Format format, std::span<const float> of, std::span<const float> weights,
                      std::span<const float> importance) {
  std::vector<std::byte> blocks(row_bytes(format, of.size()));
  encode(format, of, blocks, importance);
  std::vector<float> decoded(of.size());
  decode(format, blocks, decoded);
  double error = 0;
  for (std::size_t i = 0; i < of.size(); ++i) {
    const double difference = double{decoded[i]} - double{of[i]};
    error += weights[i] * difference * difference;
  }
  return error;
}

TEST(Encoder, EveryInstructionSetGivesTheSameBytes) {
  for (const detail::Encoder& encoder : detail::usable_encoders()) {
    for (const Format format : searched_formats()) {
      for (const bool weighted : {false, true}) {
        EXPECT_EQ(bytes_of(detail::search_of(encoder, format), format, weighted),
                  bytes_of(detail::search_of(detail::portable_encoder(), format), format, weighted))
            << encoder.name << ", " << info(format).name << (weighted ? ", weighted" : "");
      }
    }
  }
}

// So that a machine of another kind proves the same bytes by itself. MINNOW_UPDATE_GOLDEN=1 writes the file anew, after
// a change that is meant to change what is found.
TEST(Encoder, GivesTheCommittedBytes) {
  const auto path = testing::golden("numeric/searched.txt");
  std::map<std::string, std::string> golden;
  std::ifstream file(path);
  for (std::string name, hash; file >> name >> hash;) golden[name] = hash;
  std::string found;
  for (const Format format : searched_formats()) {
    for (const bool weighted : {false, true}) {
      const std::string name = std::string(info(format).name) + (weighted ? "-weighted" : "");
      const std::string hash =
          sha256_hex(bytes_of(detail::search_of(detail::active_encoder(), format), format, weighted));
      found += name + " " + hash + "\n";
      if (std::getenv("MINNOW_UPDATE_GOLDEN") == nullptr) {
        EXPECT_EQ(golden[name], hash) << name;
      }
    }
  }
  if (std::getenv("MINNOW_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << found;
}

TEST(Encoder, RoundsLessWhereImportanceIsHigh) {
  const auto weights = importance();
  const auto of = values();
  for (const Format format : searched_formats()) {
    EXPECT_LT(weighted_error(format, of, weights, weights), 0.98 * weighted_error(format, of, weights, {}))
        << info(format).name;
  }
}

TEST(Encoder, ValuesWithoutImportanceDontMatter) {
  auto of = values(), weights = importance();
  of.resize(256);
  weights.resize(256);
  for (std::size_t i = 0; i < 256; i += 2) weights[i] = 0.0f;
  auto others = of;
  for (std::size_t i = 0; i < 256; i += 2) others[i] = 20.0f - others[i];
  for (const Format format : searched_formats()) {
    EXPECT_EQ(weighted_error(format, others, weights, weights), weighted_error(format, of, weights, weights))
        << info(format).name;
  }
}

TEST(Encoder, EqualImportanceIsNoImportance) {
  const std::vector<float> equal(kValues, 1.0f);
  for (const Format format : {Format::q2_k, Format::q3_k, Format::q4_k, Format::q5_k, Format::q6_k, Format::iq4_xs}) {
    std::vector<std::byte> with(row_bytes(format, kValues)), without(with.size());
    encode(format, values(), with, equal);
    encode(format, values(), without);
    EXPECT_EQ(with, without) << info(format).name;
  }
}

TEST(Encoder, AGroupWithoutAnyImportanceIsStillEncoded) {
  const std::vector<float> nothing(kValues, 0.0f);
  for (const Format format : searched_formats()) {
    std::vector<std::byte> blocks(row_bytes(format, kValues));
    encode(format, values(), blocks, nothing);
    EXPECT_FALSE(has_non_finite(format, blocks)) << info(format).name;
  }
}

}  // namespace
}  // namespace minnow::numeric
