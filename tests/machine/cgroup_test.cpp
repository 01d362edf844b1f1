#include "machine/cgroup.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace minnow::machine {
namespace {

namespace fs = std::filesystem;

// A system's files under a folder of the test's own.
class Cgroup : public ::testing::Test {
 protected:
  Cgroup() {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~Cgroup() override { fs::remove_all(root_); }

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text << "\n";
  }
  void join(const std::string& lines) const { write("membership", lines); }

  const fs::path root_ = fs::path(::testing::TempDir()) /
                         (std::string("cgroup-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const CgroupPlaces places_{.membership = root_ / "membership", .mount = root_};
};

TEST_F(Cgroup, HasNoLimitsWhereThereAreNone) {
  EXPECT_EQ(cgroup_cpu_quota(places_), std::nullopt);
  join("0::/system.slice/minnow.service");
  write("system.slice/minnow.service/cpu.max", "max 100000");
  write("system.slice/minnow.service/memory.max", "max");
  write("system.slice/minnow.service/memory.current", "4096");
  EXPECT_EQ(cgroup_cpu_quota(places_), std::nullopt);
  EXPECT_EQ(cgroup_available_bytes(places_), std::nullopt);
}

TEST_F(Cgroup, OfAServiceCounts) {
  join("0::/system.slice/minnow.service");
  write("system.slice/minnow.service/cpu.max", "150000 100000");
  write("system.slice/minnow.service/memory.max", "1000000");
  write("system.slice/minnow.service/memory.current", "400000");
  write("system.slice/minnow.service/memory.stat", "anon 200000\ninactive_file 100000\nactive_file 50000");
  EXPECT_EQ(cgroup_cpu_quota(places_), 1.5);
  EXPECT_EQ(cgroup_available_bytes(places_), 750'000u);
}

TEST_F(Cgroup, AboveCountsWhenItIsTighter) {
  join("0::/system.slice/minnow.service");
  write("system.slice/cpu.max", "50000 100000");
  write("system.slice/minnow.service/cpu.max", "150000 100000");
  write("system.slice/memory.max", "1000");
  write("system.slice/memory.current", "900");
  write("system.slice/minnow.service/memory.max", "800");
  write("system.slice/minnow.service/memory.current", "100");
  EXPECT_EQ(cgroup_cpu_quota(places_), 0.5);
  EXPECT_EQ(cgroup_available_bytes(places_), 100u);
}

TEST_F(Cgroup, OfAContainerIsTheRootWhateverTheHostCallsIt) {
  for (const char* group : {"0::/", "0::/docker/0123", "0::/../../elsewhere"}) {
    join(group);
    write("cpu.max", "200000 100000");
    write("memory.max", "1000");
    write("memory.current", "100");
    EXPECT_EQ(cgroup_cpu_quota(places_), 2) << group;
    EXPECT_EQ(cgroup_available_bytes(places_), 900u) << group;
  }
}

TEST_F(Cgroup, OfTheFirstVersionLimitsProcessors) {
  join("5:memory:/elsewhere\n4:cpu,cpuacct:/user/minnow\n0::/");
  write("cpu,cpuacct/user/minnow/cpu.cfs_quota_us", "300000");
  write("cpu,cpuacct/user/minnow/cpu.cfs_period_us", "100000");
  write("cpu,cpuacct/cpu.cfs_quota_us", "-1");
  write("cpu,cpuacct/cpu.cfs_period_us", "100000");
  EXPECT_EQ(cgroup_cpu_quota(places_), 3);
}

}  // namespace
}  // namespace minnow::machine
