#include "text/stream_decoder.hpp"

#include <gtest/gtest.h>

#include <random>

#include "text/unicode.hpp"
#include "tiny_tokenizers.hpp"

namespace minnow::text {
namespace {

TokenId byte_token(unsigned byte) { return static_cast<TokenId>(5 + byte); }

TEST(StreamDecoder, HoldsACharacterBackUntilItIsWhole) {
  const auto tokenizer = make_tokenizer(minnow::testing::tiny_sentencepiece());
  StreamDecoder stream(*tokenizer);
  EXPECT_EQ(stream.add(byte_token(0xF0)), "");
  EXPECT_EQ(stream.add(byte_token(0x9F)), "");
  EXPECT_EQ(stream.add(byte_token(0x98)), "");
  EXPECT_EQ(stream.add(byte_token(0x80)), "\U0001F600");
  EXPECT_EQ(stream.finish(), "");
}

TEST(StreamDecoder, ReplacesBytesThatCannotBecomeACharacter) {
  const auto tokenizer = make_tokenizer(minnow::testing::tiny_sentencepiece());
  StreamDecoder stream(*tokenizer);
  EXPECT_EQ(stream.add(byte_token(0xE2)), "");
  EXPECT_EQ(stream.add(byte_token('x')), "\uFFFDx");
  EXPECT_EQ(stream.add(byte_token(0x80)), "\uFFFD");
  EXPECT_EQ(stream.add(byte_token(0xC3)), "");
  EXPECT_EQ(stream.finish(), "\uFFFD");
  EXPECT_EQ(stream.finish(), "");
}

TEST(StreamDecoder, DropsTheLeadingSpaceOnlyAtTheStart) {
  const auto tokenizer = make_tokenizer(minnow::testing::tiny_sentencepiece());
  StreamDecoder from_start(*tokenizer, true);
  EXPECT_EQ(from_start.add(1), "");  // <s> is not the first piece
  EXPECT_EQ(from_start.add(263), "ab");
  EXPECT_EQ(from_start.add(263), " ab");
  StreamDecoder in_the_middle(*tokenizer);
  EXPECT_EQ(in_the_middle.add(263), " ab");
}

TEST(StreamDecoder, GivesPieceByPieceWhatDecodeGivesAtOnce) {
  for (const auto& spec :
       {minnow::testing::tiny_sentencepiece(), minnow::testing::tiny_byte_level(), minnow::testing::tiny_wordpiece()}) {
    const auto tokenizer = make_tokenizer(spec);
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
      std::vector<TokenId> ids(1 + random() % 12);
      for (TokenId& id : ids) id = static_cast<TokenId>(random() % tokenizer->vocabulary_size());
      StreamDecoder stream(*tokenizer, true);
      std::string streamed;
      for (const TokenId id : ids) {
        const std::string part = stream.add(id);
        ASSERT_TRUE(is_valid_utf8(part));
        streamed += part;
      }
      streamed += stream.finish();
      ASSERT_EQ(streamed, tokenizer->decode(ids)) << ::testing::PrintToString(ids);
    }
  }
}

}  // namespace
}  // namespace minnow::text
