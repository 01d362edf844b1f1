// Random Unicode texts against what PyPI's `tokenizers` makes of them: see tests/reference/tokenizers.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "random_text.hpp"
#include "test_data.hpp"
#include "text/pretokenizer.hpp"
#include "text/tokenizer.hpp"
#include "vocabulary_file.hpp"

namespace minnow::text {
namespace {

std::vector<std::uint64_t> read_hashes(const std::string& name) {
  std::ifstream in(testing::golden("tokenizers/" + name + ".hashes"));
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t hash = 0; in >> std::hex >> hash;) hashes.push_back(hash);
  return hashes;
}

constexpr int kFailuresShown = 10;

class RandomTextTokenizer : public ::testing::TestWithParam<const char*> {};

TEST_P(RandomTextTokenizer, GivesTheReferenceIdsAndDecodesThemAlike) {
  MINNOW_REQUIRE_SHARED_DATA();
  const auto tokenizer = make_tokenizer(testing::read_vocabulary(GetParam()));
  const testing::RandomTexts texts;
  const auto hashes = read_hashes(GetParam());
  ASSERT_GE(hashes.size(), 2 * 2000u);
  int failures = 0;
  for (std::size_t i = 0; i < hashes.size() / 2 && failures < kFailuresShown; ++i) {
    const std::string text = texts.text(i);
    const auto ids = tokenizer->encode(text, {.add_special = false});
    const std::string decoded = tokenizer->decode(ids, true);
    EXPECT_EQ(testing::fnv1a({ids.begin(), ids.end()}), hashes[2 * i])
        << "text " << i << ": " << text << "\nids " << ::testing::PrintToString(ids);
    EXPECT_EQ(testing::fnv1a(decoded), hashes[2 * i + 1]) << "text " << i << ": " << text << "\nas     : " << decoded;
    failures += HasFailure() ? 1 : 0;
  }
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, RandomTextTokenizer, ::testing::ValuesIn(testing::kVocabularies),
                         [](const auto& instance) { return testing::instance_name(instance.param); });

class RandomTextPreTokenizer : public ::testing::TestWithParam<const char*> {};

TEST_P(RandomTextPreTokenizer, CutsWordsWhereTheReferenceDoes) {
  const PreTokenizer* pre_tokenizer = find_pre_tokenizer(GetParam());
  ASSERT_NE(pre_tokenizer, nullptr);
  const testing::RandomTexts texts;
  const auto hashes = read_hashes("pre-" + std::string(GetParam()));
  ASSERT_GE(hashes.size(), 2000u);
  int failures = 0;
  for (std::size_t i = 0; i < hashes.size() && failures < kFailuresShown; ++i) {
    const std::string text = texts.text(i);
    std::vector<std::uint32_t> ends;
    std::string shown;
    for (const std::string_view word : pre_tokenizer->split(text)) {
      ends.push_back((ends.empty() ? 0 : ends.back()) + static_cast<std::uint32_t>(word.size()));
      shown.append(word).append("¦");
    }
    EXPECT_EQ(static_cast<std::uint32_t>(testing::fnv1a(ends)), hashes[i]) << "text " << i << ": " << shown;
    failures += HasFailure() ? 1 : 0;
  }
}

INSTANTIATE_TEST_SUITE_P(PreTokenizers, RandomTextPreTokenizer,
                         ::testing::Values("gpt-2", "smollm", "llama-bpe", "qwen2", "gpt-4o", "tekken", "deepseek-llm",
                                           "deepseek-coder", "default"),
                         [](const auto& instance) { return testing::instance_name(instance.param); });

}  // namespace
}  // namespace minnow::text
