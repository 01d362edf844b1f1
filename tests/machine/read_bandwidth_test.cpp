#include "machine/read_bandwidth.hpp"

#include <gtest/gtest.h>

namespace minnow::machine {
namespace {

TEST(ReadBandwidth, IsMoreThanAnyDiskAndLessThanAnyCache) {
  ThreadPool pool(2);
  const ReadBandwidth probe(std::size_t{16} << 20, pool);
  EXPECT_EQ(probe.size_bytes(), std::size_t{16} << 20);
  const double bytes_per_s = probe.measure(pool);
  EXPECT_GT(bytes_per_s, 1e6);
  EXPECT_LT(bytes_per_s, 1e13);
}

TEST(ReadBandwidth, TakesAModestShareOfTheMemory) {
  EXPECT_GE(ReadBandwidth::suitable_bytes(), std::size_t{16} << 20);
  EXPECT_LE(ReadBandwidth::suitable_bytes(), std::size_t{1} << 30);
}

}  // namespace
}  // namespace minnow::machine
