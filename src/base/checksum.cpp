#include "base/checksum.hpp"

#include <bit>
#include <cstring>

namespace minnow {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kLanes = 4;
constexpr std::size_t kStripe = kLanes * sizeof(std::uint64_t);
// Odd, so that multiplying is a bijection; the bits are those of the golden ratio and of sqrt(2).
constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kSeed = 0x6A09E667F3BCC909;

struct Lanes {
  std::uint64_t of[kLanes] = {kSeed, kSeed * 3, kSeed * 5, kSeed * 7};

  void add(const std::byte* stripe) noexcept {
    std::uint64_t words[kLanes];
    std::memcpy(words, stripe, kStripe);
    for (std::size_t i = 0; i < kLanes; ++i) of[i] = std::rotl((of[i] ^ words[i]) * kStep, 29);
  }
};

std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 32)) * kStep;
  return x ^ (x >> 29);
}

}  // namespace

std::uint64_t checksum(std::span<const std::byte> bytes) noexcept {
  Lanes lanes;
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= kStripe; at += kStripe, left -= kStripe) lanes.add(at);
  if (left > 0) {
    std::byte rest[kStripe] = {};
    std::memcpy(rest, at, left);
    lanes.add(rest);
  }
  std::uint64_t sum = mix(bytes.size() + kSeed);
  for (const std::uint64_t lane : lanes.of) sum = mix(sum ^ lane);
  return sum;
}

}  // namespace minnow
