// The manners of a forward pass: what it refuses before anything has changed, and that it allocates nothing.
#include "models/decoder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "minnow/error.hpp"
#include "models/family_data.hpp"
#include "models/runner.hpp"

namespace {
std::atomic<bool> counting = false;
std::atomic<int> n_allocations = 0;
}  // namespace

// Every allocation of this program passes here, so that a test can count them. g++ 12 takes them for mismatched when it
// inlines one and not the other, as it does for the thread sanitizer.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (counting) ++n_allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace minnow::models {
namespace {

class Forward : public ::testing::Test {
 protected:
  explicit Forward(const std::string& family = "llama")
      : file_(formats::GgufFile::open(testing::family_gguf(family))),
        decoder_(Decoder::load(file_, kernels::active_kernels(), pool_)) {}

  ErrorCode code_of_forward(std::span<const TokenId> tokens) {
    const Slice slice{&cache_, tokens, Logits::last};
    try {
      decoder_.forward({&slice, 1}, logits_.data(), scratch_, pool_);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "nothing was refused";
    return ErrorCode::internal;
  }

  ThreadPool pool_{2};
  formats::GgufFile file_;
  Decoder decoder_;
  KvCache cache_{decoder_.spec(), 8, kernels::CacheType::f16};
  Scratch scratch_{decoder_.spec(), 16};
  std::vector<float> logits_ = std::vector<float>(decoder_.spec().vocabulary_size);
};

class ForwardOfGpt2 : public Forward {
 protected:
  ForwardOfGpt2() : Forward("gpt2") {}
};

TEST_F(Forward, RefusesMoreTokensThanTheCacheHolds) {
  const std::vector<TokenId> tokens(9, 5);
  EXPECT_EQ(code_of_forward(tokens), ErrorCode::context_full);
  EXPECT_EQ(cache_.size(), 0u);
}

TEST_F(Forward, RefusesTokensThatAreNotInTheVocabulary) {
  for (const TokenId id : {-1, static_cast<TokenId>(decoder_.spec().vocabulary_size)}) {
    EXPECT_EQ(code_of_forward(std::vector<TokenId>{1, id}), ErrorCode::invalid_input);
    EXPECT_EQ(cache_.size(), 0u);
  }
}

TEST_F(Forward, RefusesNoTokensAtAll) { EXPECT_EQ(code_of_forward({}), ErrorCode::invalid_input); }

TEST_F(ForwardOfGpt2, RefusesPositionsThatWereNeverLearned) {
  const std::size_t learned = decoder_.spec().context_length;
  cache_ = KvCache(decoder_.spec(), learned + 1, kernels::CacheType::f16);
  cache_.grow(learned);
  EXPECT_EQ(code_of_forward(std::vector<TokenId>{1}), ErrorCode::context_full);
}

TEST_F(Forward, ForgetsWhatIsTruncated) {
  const std::vector<TokenId> tokens = {3, 1, 4, 1, 5};
  const auto expected = testing::all_logits(decoder_, tokens, tokens.size(), pool_, kernels::CacheType::f16);
  const std::vector<TokenId> detour = {3, 1, 9, 9};
  const Slice wrong{&cache_, detour, Logits::none};
  decoder_.forward({&wrong, 1}, nullptr, scratch_, pool_);
  EXPECT_EQ(cache_.size(), 4u);
  cache_.truncate(2);
  const Slice right{&cache_, std::span(tokens).subspan(2), Logits::last};
  decoder_.forward({&right, 1}, logits_.data(), scratch_, pool_);
  EXPECT_TRUE(std::equal(logits_.begin(), logits_.end(), expected.end() - static_cast<std::ptrdiff_t>(logits_.size())));
}

TEST_F(Forward, AllocatesNothing) {
  const std::vector<TokenId> tokens = {3, 1, 4};
  n_allocations = 0;
  counting = true;
  for (int i = 0; i < 2; ++i) {
    const Slice slice{&cache_, tokens, Logits::last};
    decoder_.forward({&slice, 1}, logits_.data(), scratch_, pool_);
  }
  counting = false;
  EXPECT_EQ(n_allocations, 0);
}

}  // namespace
}  // namespace minnow::models
