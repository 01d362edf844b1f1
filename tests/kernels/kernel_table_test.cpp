// Choosing a table, by hand and by MINNOW_ISA.
#include "kernels/kernel_table.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "inputs.hpp"
#include "minnow/error.hpp"

namespace minnow::kernels {
namespace {

TEST(KernelTable, HoldsEveryFormatAndOperation) {
  for (const Isa isa : available_isas()) {
    const KernelTable& kernels = kernels_for(isa);
    EXPECT_EQ(kernels.isa, isa);
    for (std::size_t f = 0; f < numeric::kFormatCount; ++f) {
      ASSERT_NE(kernels.matmul[f], nullptr) << kernels.name << " " << f;
      EXPECT_EQ(kernels.matmul[f]->format, static_cast<Format>(f));
    }
    EXPECT_TRUE(kernels.quantize && kernels.rms_norm && kernels.layer_norm && kernels.add && kernels.scale &&
                kernels.silu_gate && kernels.gelu_tanh_gate && kernels.gelu_tanh && kernels.soft_cap && kernels.rope &&
                kernels.store_f16 && kernels.attend)
        << kernels.name;
  }
}

// The sum counts the products: a loop that left some out would claim a rate that isn't there.
TEST(KernelTable, RegisterLoopsMakeAsManyProductsAsTheySay) {
  for (const Isa isa : available_isas()) {
    const KernelTable& kernels = kernels_for(isa);
    ASSERT_NE(kernels.integer_loop.run, nullptr) << kernels.name;
    for (const RegisterLoop& loop : {kernels.integer_loop, kernels.bf16_loop}) {
      if (loop.run == nullptr) continue;
      EXPECT_GT(loop.ops_per_turn, 0);
      for (const std::size_t turns : {0u, 1u, 100u}) {
        EXPECT_EQ(loop.run(turns), -15 * loop.ops_per_turn / 2 * static_cast<double>(turns)) << kernels.name;
      }
    }
  }
}

TEST(KernelTable, RefusesWhatThisMachineLacks) {
  for (const Isa isa : kAllIsas) {
    if (has_kernels(isa)) continue;
    EXPECT_THROW(kernels_for(isa), Error);
  }
}

// The choice is made once per process, so each wish gets a process of its own.
void choose_and_exit(const char* wish) {
  setenv("MINNOW_ISA", wish, 1);
  try {
    std::fprintf(stderr, "chose %s\n", active_kernels().name);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    std::exit(error.code() == ErrorCode::unsupported ? 3 : 4);
  }
  std::exit(0);
}

using KernelTableDeathTest = ::testing::Test;

TEST(KernelTableDeathTest, FollowsMinnowIsa) {
  EXPECT_EXIT(choose_and_exit("scalar"), ::testing::ExitedWithCode(0), "chose scalar");
  EXPECT_EXIT(choose_and_exit(""), ::testing::ExitedWithCode(0), "chose");
  EXPECT_EXIT(choose_and_exit("mmx"), ::testing::ExitedWithCode(4), "MINNOW_ISA=mmx: no such instruction set");
  const char* lacking = has_kernels(Isa::neon) ? "avx2" : "neon";
  EXPECT_EXIT(choose_and_exit(lacking), ::testing::ExitedWithCode(3), "this machine has no");
}

}  // namespace
}  // namespace minnow::kernels
