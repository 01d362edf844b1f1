// Long and hostile texts take time in proportion to their length, and what was encoded comes back.
#include <gtest/gtest.h>

#include <chrono>

#include "random_text.hpp"
#include "text/pretokenizer.hpp"
#include "text/spaced_text.hpp"
#include "text/tokenizer.hpp"
#include "text/unicode.hpp"
#include "tiny_tokenizers.hpp"
#include "vocabulary_file.hpp"

namespace minnow::text {
namespace {

constexpr std::size_t kMegabyte = 1 << 20;
// A second or so where nothing else runs; quadratic work would take hours.
constexpr auto kPatience = std::chrono::seconds(60);

std::string repeated(std::string_view unit) {
  std::string text;
  while (text.size() < kMegabyte) text += unit;
  return text;
}

std::vector<std::string> hostile_texts() {
  return {repeated("a"),   repeated("A"),          repeated(" "),
          repeated("\n"),  repeated("\U0001F600"), repeated("\u0301\u0323"),
          repeated("中A"), repeated("7"),          repeated("'"),
          repeated("<|"),  repeated("\xF0"),       repeated(" ") + "x",
          repeated("ab "), repeated("[tool"),      repeated("\t ") + "\nx"};
}

TEST(TokenizerLimits, MegabytesOfOneThingTakeLinearTime) {
  for (const auto& spec :
       {minnow::testing::tiny_sentencepiece(), minnow::testing::tiny_byte_level(), minnow::testing::tiny_wordpiece()}) {
    const auto tokenizer = make_tokenizer(spec);
    for (const std::string& text : hostile_texts()) {
      const auto begin = std::chrono::steady_clock::now();
      const auto ids = tokenizer->encode(text);
      EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience) << spec.model << ' ' << text.substr(0, 8);
      EXPECT_LE(ids.size(), 3 * text.size() + 3);
    }
  }
}

TEST(TokenizerLimits, EveryPreTokenizerCutsMegabytesInLinearTimeAndLosesNothing) {
  for (const char* name :
       {"gpt-2", "smollm", "llama-bpe", "qwen2", "gpt-4o", "tekken", "deepseek-llm", "deepseek-coder", "default"}) {
    for (const std::string& raw : hostile_texts()) {
      const std::string text = replace_invalid_utf8(raw);
      const auto begin = std::chrono::steady_clock::now();
      std::size_t covered = 0;
      for (const std::string_view word : find_pre_tokenizer(name)->split(text)) {
        ASSERT_EQ(word.data(), text.data() + covered);
        covered += word.size();
      }
      EXPECT_EQ(covered, text.size());
      EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience) << name << ' ' << text.substr(0, 8);
    }
  }
}

TEST(TokenizerLimits, WhatWasEncodedDecodesToItself) {
  const testing::RandomTexts texts;
  for (const auto& spec : {minnow::testing::tiny_sentencepiece(), minnow::testing::tiny_byte_level()}) {
    const auto tokenizer = make_tokenizer(spec);
    for (std::uint64_t i = 0; i < 1000; ++i) {
      const std::string text = texts.text(i);
      // SentencePiece can't tell a ▁ of the text from the mark it writes for a space.
      const std::string expected = spec.model == "llama" ? unescape_spaces(text) : text;
      const auto ids = tokenizer->encode(text, {.add_special = false, .parse_special = false});
      ASSERT_EQ(tokenizer->decode(ids), expected) << "text " << i;
    }
  }
}

class RealVocabularyLimits : public ::testing::TestWithParam<const char*> {};

TEST_P(RealVocabularyLimits, MegabytesTakeLinearTime) {
  MINNOW_REQUIRE_SHARED_DATA();
  const auto tokenizer = make_tokenizer(testing::read_vocabulary(GetParam()));
  for (const std::string& text : hostile_texts()) {
    const auto begin = std::chrono::steady_clock::now();
    tokenizer->encode(text);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience) << text.substr(0, 8);
  }
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, RealVocabularyLimits, ::testing::ValuesIn(testing::kVocabularies),
                         [](const auto& instance) { return testing::instance_name(instance.param); });

}  // namespace
}  // namespace minnow::text
