#include "models/device_split.hpp"

#include <gtest/gtest.h>

namespace minnow::models {
namespace {

using Times = std::vector<std::vector<PassTime>>;

std::vector<PassTime> undisturbed(std::initializer_list<double> seconds) {
  std::vector<PassTime> times;
  for (const double s : seconds) times.push_back({PassTime::Seconds(s), false});
  return times;
}

TEST(ClearlyFastest, IsTheOneWithTheShortestPass) {
  EXPECT_EQ(clearly_fastest(Times{undisturbed({5, 4, 5}), undisturbed({3, 3, 3}), undisturbed({9, 2, 9})}), 2u);
  EXPECT_EQ(clearly_fastest(Times{undisturbed({2, 9, 9}), undisturbed({3, 3, 3})}), 0u) << "interruptions add time";
}

TEST(ClearlyFastest, StaysWithWhatThereIsForNextToNothing) {
  EXPECT_EQ(clearly_fastest(Times{undisturbed({1.0, 1.0, 1.0}), undisturbed({0.98, 0.98, 0.98})}), 0u);
  EXPECT_EQ(clearly_fastest(Times{undisturbed({1.0, 1.0, 1.0}), undisturbed({0.96, 0.96, 0.96})}), 1u);
}

TEST(ClearlyFastest, StaysWithWhatThereIsOnABusyMachine) {
  Times times{undisturbed({5, 5, 5, 5}), undisturbed({3, 3, 3, 3})};
  EXPECT_EQ(clearly_fastest(times), 1u);
  times[0][1].disturbed = true;
  EXPECT_EQ(clearly_fastest(times), 1u) << "three are left";
  times[0][2].disturbed = true;
  EXPECT_EQ(clearly_fastest(times), 0u);
  EXPECT_EQ(clearly_fastest(Times{undisturbed({5, 5, 5}), {}}), 0u);
}

TEST(ClearlyFastest, DoesNotCountPassesThatWereDisturbed) {
  Times times{undisturbed({5, 5, 5}), undisturbed({4.9, 4.9, 4.9, 3})};
  times[1][3].disturbed = true;
  EXPECT_EQ(clearly_fastest(times), 0u);
}

}  // namespace
}  // namespace minnow::models
