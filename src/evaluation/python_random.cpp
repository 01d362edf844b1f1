#include "evaluation/python_random.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <unordered_set>

namespace minnow::evaluation {
namespace {

constexpr std::size_t kMiddleWord = 397;
constexpr std::uint32_t kTwist = 0x9908b0df;

std::uint32_t seed_mix(std::uint32_t previous) { return previous ^ (previous >> 30); }

// Up to this many, a list of all is cheaper than a set of those taken. Python computes it in floating point, and so
// does this, in numbers so small that both are exact where they round.
std::size_t list_limit(std::size_t count) {
  std::size_t limit = 21;
  if (count > 5) {
    std::size_t power = 1;  // the least power of 4 that is at least 3·count
    while (power < count * 3) power *= 4;
    limit += power;
  }
  return limit;
}

}  // namespace

PythonRandom::PythonRandom(std::uint64_t seed) {
  const std::uint32_t key[2] = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  const std::uint32_t n_keys = key[1] == 0 ? 1 : 2;
  state_[0] = 19650218;
  for (std::uint32_t i = 1; i < kStateWords; ++i) state_[i] = 1812433253 * seed_mix(state_[i - 1]) + i;
  std::size_t word = 1;
  const auto step = [&](std::uint32_t factor, std::uint32_t added) {
    state_[word] = (state_[word] ^ (seed_mix(state_[word - 1]) * factor)) + added;
    if (++word < kStateWords) return;
    state_[0] = state_[kStateWords - 1];
    word = 1;
  };
  for (std::uint32_t i = 0; i < kStateWords; ++i) step(1664525, key[i % n_keys] + i % n_keys);
  for (std::uint32_t i = 1; i < kStateWords; ++i) step(1566083941, 0 - static_cast<std::uint32_t>(word));
  state_[0] = 0x80000000;
}

void PythonRandom::refill() {
  for (std::size_t i = 0; i < kStateWords; ++i) {
    const std::uint32_t joined = (state_[i] & 0x80000000) | (state_[(i + 1) % kStateWords] & 0x7fffffff);
    state_[i] = state_[(i + kMiddleWord) % kStateWords] ^ (joined >> 1) ^ (joined & 1 ? kTwist : 0);
  }
  used_ = 0;
}

std::uint32_t PythonRandom::next() {
  if (used_ == kStateWords) refill();
  std::uint32_t value = state_[used_++];
  value ^= value >> 11;
  value ^= (value << 7) & 0x9d2c5680;
  value ^= (value << 15) & 0xefc60000;
  return value ^ (value >> 18);
}

// As many high bits as the limit has, drawn again until they are below it.
std::size_t PythonRandom::below(std::size_t limit) {
  const int n_bits = std::bit_width(limit);
  std::size_t value = limit;
  while (value >= limit) value = next() >> (32 - n_bits);
  return value;
}

std::vector<std::size_t> PythonRandom::sample(std::size_t size, std::size_t count) {
  std::vector<std::size_t> drawn;
  if (size <= list_limit(count)) {
    std::vector<std::size_t> left(size);
    std::iota(left.begin(), left.end(), std::size_t{0});
    while (drawn.size() < count) {
      const std::size_t position = below(left.size());
      drawn.push_back(left[position]);
      left[position] = left.back();
      left.pop_back();
    }
    return drawn;
  }
  std::unordered_set<std::size_t> taken;
  while (drawn.size() < count) {
    const std::size_t number = below(size);
    if (taken.insert(number).second) drawn.push_back(number);
  }
  return drawn;
}

}  // namespace minnow::evaluation
