// The arithmetic a caller asks for, and what a model says it uses.
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/kernel_table.hpp"
#include "minnow/minnow.hpp"
#include "tiny_model.hpp"

namespace minnow {
namespace {

bool has_fast() { return kernels::active_kernels(kernels::Arithmetic::fast).arithmetic == kernels::Arithmetic::fast; }

TEST(Arithmetic, IsExactUnlessAskedFor) {
  EXPECT_EQ(Model::load(testing::tiny_model()).arithmetic(), "exact");
  EXPECT_EQ(Model::load(testing::tiny_model(), {.arithmetic = Arithmetic::exact}).arithmetic(), "exact");
}

TEST(Arithmetic, SaysFastOnlyWhereItIs) {
  EXPECT_EQ(Model::load(testing::tiny_model(), {.arithmetic = Arithmetic::fast}).arithmetic(),
            has_fast() ? "fast" : "exact");
}

}  // namespace
}  // namespace minnow
