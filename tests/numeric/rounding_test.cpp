// Rounding without branches gives what the definition says, for every float.
#include "numeric/rounding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace minnow::numeric::detail {
namespace {

int by_definition(float value, int most) {
  if (!(value > static_cast<float>(-most))) return -most;  // and no number
  return static_cast<int>(std::round(std::min(value, static_cast<float>(most))));
}

TEST(RoundAway, IsTheDefinitionForFloatsOfEveryKind) {
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32; bits += 997) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    ASSERT_EQ(round_away_within(value, 127), by_definition(value, 127)) << value;
  }
}

TEST(RoundAway, IsTheDefinitionBesideEveryHalf) {
  for (int twice = -300; twice <= 300; ++twice) {
    const float half = static_cast<float>(twice) / 2;
    for (const float value : {std::nextafter(half, -1e9f), half, std::nextafter(half, 1e9f)}) {
      EXPECT_EQ(round_away_within(value, 127), by_definition(value, 127)) << value;
    }
  }
}

}  // namespace
}  // namespace minnow::numeric::detail
