// What every tokenizer promises, on vocabularies small enough to write down.
#include "text/tokenizer.hpp"

#include <gmock/gmock.h>

#include "minnow/error.hpp"
#include "tiny_tokenizers.hpp"

namespace minnow::text {
namespace {

using minnow::testing::tiny_byte_level;
using minnow::testing::tiny_sentencepiece;
using minnow::testing::tiny_wordpiece;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr EncodeOptions kPlain{.add_special = false, .parse_special = false};
constexpr EncodeOptions kParsed{.add_special = false, .parse_special = true};

std::string refusal_of(TokenizerSpec spec, ErrorCode expected) {
  try {
    make_tokenizer(std::move(spec));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), expected);
    return error.what();
  }
  return "no error";
}

TEST(SentencePieceTokenizer, MergesTheBestScoreFirst) {
  const auto tokenizer = make_tokenizer(tiny_sentencepiece());
  // "▁abc": ▁a (-1) beats ab (-2) and bc (-4); then ▁ab (-3) beats bc.
  EXPECT_THAT(tokenizer->encode("abc", kPlain), ElementsAre(263, 268));
  EXPECT_THAT(tokenizer->encode("bc", kPlain), ElementsAre(265, 264));
}

TEST(SentencePieceTokenizer, SpellsUnknownCharactersInBytes) {
  const auto tokenizer = make_tokenizer(tiny_sentencepiece());
  EXPECT_THAT(tokenizer->encode("aπ", kPlain), ElementsAre(261, 5 + 0xCF, 5 + 0x80));
}

TEST(SentencePieceTokenizer, GivesOneUnknownTokenForARunItCannotSpell) {
  TokenizerSpec spec = tiny_sentencepiece();
  for (auto& type : spec.types) type = type == TokenType::byte ? TokenType::normal : type;
  const auto tokenizer = make_tokenizer(spec);
  EXPECT_THAT(tokenizer->encode("aππ aπ", kPlain), ElementsAre(261, 0, 261, 0));
}

TEST(SentencePieceTokenizer, AddsASpaceOnlyWhereTheFileAsksForIt) {
  TokenizerSpec spec = tiny_sentencepiece();
  EXPECT_THAT(make_tokenizer(spec)->encode("b", kPlain), ElementsAre(265, 267));
  EXPECT_EQ(make_tokenizer(spec)->decode({265, 267}), "b");
  spec.add_space_prefix = false;
  EXPECT_THAT(make_tokenizer(spec)->encode("b", kPlain), ElementsAre(267));
  EXPECT_EQ(make_tokenizer(spec)->decode({265, 267}), " b");
}

TEST(SentencePieceTokenizer, RemovesExtraSpacesOnlyWhereTheFileAsksForIt) {
  TokenizerSpec spec = tiny_sentencepiece();
  EXPECT_THAT(make_tokenizer(spec)->encode("b  c ", kPlain), ElementsAre(265, 267, 265, 265, 268, 265));
  spec.remove_extra_whitespaces = true;
  EXPECT_THAT(make_tokenizer(spec)->encode("b  c ", kPlain), ElementsAre(265, 267, 265, 268));
  EXPECT_THAT(make_tokenizer(spec)->encode("  ", kPlain), IsEmpty());
}

TEST(SentencePieceTokenizer, NeverMergesItsWayToAControlToken) {
  TokenizerSpec spec = tiny_sentencepiece();
  for (const char* piece : {"<", "s", ">", "s>"}) minnow::testing::add_token(spec, piece, TokenType::normal, -20);
  EXPECT_THAT(make_tokenizer(spec)->encode("<s>", kPlain), ElementsAre(265, 270, 273));
}

TEST(Tokenizer, ParsesControlTokensOnlyWhenAskedAndUserDefinedOnesAlways) {
  const auto tokenizer = make_tokenizer(tiny_byte_level());
  EXPECT_THAT(tokenizer->encode("a<|im_end|>[tool]", kParsed), ElementsAre('a', 259, 260));
  const auto plain = tokenizer->encode("a<|im_end|>[tool]", kPlain);
  EXPECT_THAT(plain, ::testing::Not(::testing::Contains(259)));
  EXPECT_EQ(plain.back(), 260);
}

TEST(Tokenizer, TakesTheLongestOfSpecialTokensThatBeginTogether) {
  TokenizerSpec spec = tiny_byte_level();
  minnow::testing::add_token(spec, "[tool][x]", TokenType::user_defined);
  const auto tokenizer = make_tokenizer(spec);
  EXPECT_THAT(tokenizer->encode("[tool][x][tool]", kPlain), ElementsAre(261, 260));
}

TEST(Tokenizer, LetsPhi3SpecialTokensSwallowTheSpaceAfterThem) {
  TokenizerSpec spec = tiny_sentencepiece();
  spec.strip_after_special = true;
  const auto tokenizer = make_tokenizer(spec);
  EXPECT_THAT(tokenizer->encode("<|end|>\n b", kParsed), ElementsAre(3, 265, 267));
  EXPECT_THAT(tokenizer->encode("<s> b", kParsed), ElementsAre(1, 265, 265, 267));
}

TEST(Tokenizer, AddsWhatTheModelAsksFor) {
  const auto sentencepiece = make_tokenizer(tiny_sentencepiece());
  EXPECT_TRUE(sentencepiece->adds_bos());
  EXPECT_THAT(sentencepiece->encode("ab"), ElementsAre(1, 263));
  EXPECT_THAT(sentencepiece->encode(""), ElementsAre(1));

  TokenizerSpec both = tiny_sentencepiece();
  both.add_bos = false;
  both.add_eos = true;
  EXPECT_FALSE(make_tokenizer(both)->adds_bos());
  EXPECT_THAT(make_tokenizer(both)->encode("ab"), ElementsAre(263, 2));

  EXPECT_THAT(make_tokenizer(tiny_byte_level())->encode("ab"), ElementsAre(256));
  EXPECT_THAT(make_tokenizer(tiny_wordpiece())->encode("the"), ElementsAre(2, 7, 3));
}

TEST(Tokenizer, ReadsBrokenTextAsReplacementCharacters) {
  for (const auto& spec : {tiny_sentencepiece(), tiny_byte_level()}) {
    const auto tokenizer = make_tokenizer(spec);
    EXPECT_EQ(tokenizer->encode("a\xE2\x82z\xFF", kPlain), tokenizer->encode("a\uFFFDz\uFFFD", kPlain));
  }
}

TEST(Tokenizer, DecodesToValidTextWhateverTheTokens) {
  const auto tokenizer = make_tokenizer(tiny_byte_level());
  const TokenId first = tokenizer->encode("\U0001F600", kPlain).front();
  EXPECT_EQ(tokenizer->decode({first, 256}), "\uFFFDab");
}

TEST(Tokenizer, ShowsControlTokensOnlyWhenAsked) {
  const auto tokenizer = make_tokenizer(tiny_byte_level());
  EXPECT_EQ(tokenizer->decode({256, 259, 260}), "ab[tool]");
  EXPECT_EQ(tokenizer->decode({256, 259, 260}, true), "ab<|im_end|>[tool]");
}

TEST(Tokenizer, KnowsWhatEndsAnAnswer) {
  const auto tokenizer = make_tokenizer(tiny_sentencepiece());
  EXPECT_TRUE(tokenizer->is_end_of_generation(2));   // </s>
  EXPECT_TRUE(tokenizer->is_end_of_generation(3));   // <|end|>, which no key names
  EXPECT_FALSE(tokenizer->is_end_of_generation(1));  // <s>
  TokenizerSpec spec = tiny_byte_level();
  spec.eot = 5;
  EXPECT_TRUE(make_tokenizer(spec)->is_end_of_generation(5));
}

TEST(Tokenizer, TreatsAnEndOfTurnAsControlEvenWhenItsFileDoesNot) {
  TokenizerSpec spec = tiny_byte_level();
  spec.types[259] = TokenType::normal;
  const auto tokenizer = make_tokenizer(spec);
  EXPECT_TRUE(tokenizer->is_control(259));
  EXPECT_THAT(tokenizer->encode("<|im_end|>", kParsed), ElementsAre(259));
}

TEST(ByteLevelTokenizer, MergesByRankWithinWords) {
  const auto tokenizer = make_tokenizer(tiny_byte_level());
  EXPECT_THAT(tokenizer->encode("abc abc ac", kPlain), ElementsAre(257, ' ', 257, 258, 'c'));
}

TEST(ByteLevelTokenizer, TakesWholeWordsThatAreTokensWhereMergesAreIgnored) {
  TokenizerSpec spec = tiny_byte_level();
  minnow::testing::add_token(spec, "Ġabc", TokenType::normal);
  EXPECT_THAT(make_tokenizer(spec)->encode(" abc", kPlain), ElementsAre(' ', 257));
  spec.pre = "llama-bpe";
  EXPECT_THAT(make_tokenizer(spec)->encode(" abc", kPlain), ElementsAre(261));
}

TEST(WordPieceTokenizer, CoversWordsByTheLongestPieces) {
  const auto tokenizer = make_tokenizer(tiny_wordpiece());
  EXPECT_THAT(tokenizer->encode("Unaffable, Ünaffable中the.", kPlain), ElementsAre(4, 5, 6, 10, 4, 5, 6, 9, 7, 8));
  EXPECT_THAT(tokenizer->encode("unknown", kPlain), ElementsAre(1));
  EXPECT_THAT(tokenizer->encode("the" + std::string(98, 'x'), kPlain), ElementsAre(1));
  EXPECT_EQ(tokenizer->decode({4, 5, 6, 10, 7, 8}), "unaffable, the.");
}

TEST(MakeTokenizer, RefusesVocabulariesThatContradictThemselves) {
  TokenizerSpec spec = tiny_byte_level();
  spec.bos = 5000;
  EXPECT_THAT(refusal_of(spec, ErrorCode::invalid_input), HasSubstr("5000"));
  spec = tiny_byte_level();
  spec.eos = -3;
  EXPECT_THAT(refusal_of(spec, ErrorCode::invalid_input), HasSubstr("EOS"));
  spec = tiny_byte_level();
  spec.types.pop_back();
  EXPECT_THAT(refusal_of(spec, ErrorCode::invalid_input), HasSubstr("token types"));
  spec = tiny_sentencepiece();
  spec.scores.pop_back();
  EXPECT_THAT(refusal_of(spec, ErrorCode::invalid_input), HasSubstr("scores"));
  spec.scores.clear();
  EXPECT_THAT(refusal_of(spec, ErrorCode::invalid_input), HasSubstr("score"));
  spec = tiny_byte_level();
  spec.merges.push_back("nospace");
  EXPECT_THAT(refusal_of(spec, ErrorCode::invalid_input), HasSubstr("merge 3"));
  spec = tiny_byte_level();
  spec.tokens[259] = std::string(5000, '<');
  EXPECT_THAT(refusal_of(spec, ErrorCode::invalid_input), HasSubstr("5000 bytes"));
  EXPECT_THAT(refusal_of(TokenizerSpec{.model = "gpt2"}, ErrorCode::invalid_input), HasSubstr("empty"));
}

TEST(MakeTokenizer, RefusesAlgorithmsAndPreTokenizersItDoesNotKnow) {
  TokenizerSpec spec = tiny_byte_level();
  spec.pre = "of-tomorrow";
  EXPECT_THAT(refusal_of(spec, ErrorCode::unsupported), HasSubstr("of-tomorrow"));
  spec.model = "rwkv";
  EXPECT_THAT(refusal_of(spec, ErrorCode::unsupported), HasSubstr("rwkv"));
}

}  // namespace
}  // namespace minnow::text
