// Real trained weights: what stories260K tells is known token by token.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "models/runner.hpp"
#include "test_data.hpp"

namespace minnow::models {
namespace {

constexpr TokenId kBos = 1;

TEST(Stories260K, TellsTheKnownStory) {
  MINNOW_REQUIRE_SHARED_DATA();
  const auto folder = testing::shared_data() / "models/stories260K";
  std::ifstream known_file(folder / "greedy_token_ids.txt");
  const std::vector<TokenId> known{std::istream_iterator<TokenId>(known_file), {}};
  ASSERT_GT(known.size(), 100u);

  ThreadPool pool(2);
  const auto file = formats::GgufFile::open(folder / "stories260K.gguf");
  const Decoder decoder = Decoder::load(file, kernels::active_kernels(), pool);
  KvCache cache(decoder.spec(), known.size() + 1, kernels::CacheType::f32);
  Scratch scratch(decoder.spec(), 1);
  std::vector<float> logits(decoder.spec().vocabulary_size);
  std::vector<TokenId> told;
  TokenId token = kBos;
  while (told.size() < known.size()) {
    const Slice slice{&cache, {&token, 1}, Logits::last};
    decoder.forward({&slice, 1}, logits.data(), scratch, pool);
    token = static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) - logits.begin());
    told.push_back(token);
  }
  EXPECT_EQ(told, known);
}

}  // namespace
}  // namespace minnow::models
