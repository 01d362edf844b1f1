// The random numbers of Python's random module, so that examples are drawn as a harness written in Python draws them:
// the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998) seeded by init_by_array, and random.sample of
// Python 3.11.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace minnow::evaluation {

class PythonRandom {
 public:
  explicit PythonRandom(std::uint64_t seed);

  std::uint32_t next();
  // `count` different numbers below `size`, in the order they are drawn. Precondition: count ≤ size.
  std::vector<std::size_t> sample(std::size_t size, std::size_t count);

 private:
  static constexpr std::size_t kStateWords = 624;

  std::size_t below(std::size_t limit);
  void refill();

  std::array<std::uint32_t, kStateWords> state_;
  std::size_t used_ = kStateWords;
};

}  // namespace minnow::evaluation
