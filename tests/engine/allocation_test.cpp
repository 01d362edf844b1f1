// The token loop allocates nothing: every operator new of this program is counted.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "minnow/minnow.hpp"
#include "tiny_model.hpp"

namespace {
std::atomic<std::size_t> n_allocations{0};
}

// Inlined, g++ 12 takes them for mismatched.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++n_allocations;
  if (void* pointer = std::malloc(size == 0 ? 1 : size)) return pointer;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* pointer) noexcept { std::free(pointer); }
[[gnu::noinline]] void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }

namespace minnow {
namespace {

TEST(Allocation, TheTokenLoopTakesNoMemory) {
  for (const char* quantization : {"", "Q4_K_M", "Q8_0"}) {
    const Model model = Model::load(testing::tiny_model({.quantization = quantization}), {.threads = 2});
    Session session(model, {.context = 128, .sampling = {.repeat_penalty = 1.1f, .seed = 1}});
    session.prefill(model.tokenize("the fish in the"));
    session.decode();
    const std::size_t before = n_allocations;
    for (int i = 0; i < 20; ++i) session.decode();
    EXPECT_EQ(n_allocations - before, 0u) << quantization;
  }
}

}  // namespace
}  // namespace minnow
