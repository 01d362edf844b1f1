#include "text/grammar/token_grammar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "minnow/error.hpp"
#include "test_data.hpp"
#include "text/grammar/gbnf.hpp"
#include "text/grammar/json_schema.hpp"
#include "text/grammar/regex_grammar.hpp"
#include "text/vocabulary_file.hpp"

namespace minnow::text {
namespace {

constexpr const char* kPerson = R"({"type": "object", "additionalProperties": false,
    "properties": {"name": {"type": "string", "maxLength": 40}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
                   "tags": {"type": "array", "items": {"enum": ["red", "green"]}, "maxItems": 3},
                   "note": {"type": "string", "pattern": "^[a-zé]+$", "maxLength": 30}},
    "required": ["name", "age", "tags", "note"]})";

struct Vocabulary {
  explicit Vocabulary(const char* name)
      : tokenizer(make_tokenizer(minnow::testing::read_vocabulary(name))),
        trie(std::make_shared<const TokenTrie>(*tokenizer)) {}

  std::shared_ptr<TokenGrammar> with(Grammar grammar, std::size_t memory = TokenGrammar::kMemoryBytes) const {
    return std::make_shared<TokenGrammar>(std::move(grammar), *tokenizer, trie, memory);
  }

  std::unique_ptr<Tokenizer> tokenizer;
  std::shared_ptr<const TokenTrie> trie;
};

std::vector<TokenId> members(std::span<const std::uint64_t> set, std::size_t n_tokens) {
  std::vector<TokenId> ids;
  for (std::size_t i = 0; i < n_tokens; ++i) {
    if (has_token(set, static_cast<TokenId>(i))) ids.push_back(static_cast<TokenId>(i));
  }
  return ids;
}

// A text of random tokens that fit, until it is complete. Jumps ahead where `jump`.
std::string random_text(const Vocabulary& vocabulary, const std::shared_ptr<TokenGrammar>& grammar, unsigned seed,
                        bool jump) {
  std::mt19937 random(seed);
  GrammarCursor cursor(grammar);
  std::string text;
  const auto take = [&](TokenId id) {
    cursor.accept(id);
    text += vocabulary.tokenizer->piece(id);
  };
  for (int i = 0; i < 2000 && !cursor.finished(); ++i) {
    if (jump) {
      for (const TokenId id : cursor.forced()) take(id);
      if (cursor.finished()) break;
    }
    const auto ids = members(cursor.allowed(), vocabulary.tokenizer->vocabulary_size());
    const TokenId id = ids[random() % ids.size()];
    if (vocabulary.tokenizer->is_end_of_generation(id)) break;
    take(id);
  }
  EXPECT_TRUE(cursor.complete()) << text;
  return text;
}

class GrammarOverVocabulary : public ::testing::TestWithParam<const char*> {};

TEST_P(GrammarOverVocabulary, AnyTokensThatFitMakeTextsThatMatch) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Vocabulary vocabulary(GetParam());
  const auto grammar = vocabulary.with(parse_json_schema(kPerson));
  for (unsigned seed = 0; seed < 10; ++seed) {
    const std::string text = random_text(vocabulary, grammar, seed, seed % 2 == 0);
    const auto value = nlohmann::json::parse(text, nullptr, false);
    ASSERT_FALSE(value.is_discarded()) << text;
    EXPECT_EQ(value.size(), 4u);
    EXPECT_LE(value["age"].get<int>(), 150);
  }
}

TEST_P(GrammarOverVocabulary, AllowsATokenExactlyWhenItsBytesFit) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Vocabulary vocabulary(GetParam());
  const Grammar grammar = parse_json_schema(
      R"({"type": "array", "items": {"anyOf": [{"type": "string", "maxLength": 4}, {"enum": ["another one", "ah"]}]}})",
      JsonWhitespace::free);
  const auto shared = vocabulary.with(grammar);
  for (const char* begin : {"", "[", "[\"a", "[\"a\\", "[\"\xC3", "[\"a\", \"\"", "[\"x\"]", "[\"xyz", "[\"wxyz",
                            "[\"x\", \"anot", "[\"\\u"}) {
    GrammarAutomaton automaton(grammar);
    const auto state = automaton.read(automaton.start(), begin);
    GrammarCursor cursor(shared);
    for (const char* c = begin; *c != '\0'; ++c) {
      const auto& all = vocabulary.tokenizer->spec().tokens;
      TokenId byte = -1;
      for (std::size_t id = 0; id < all.size() && byte < 0; ++id) {
        if (vocabulary.trie->bytes(static_cast<TokenId>(id)) == std::string(1, *c)) byte = static_cast<TokenId>(id);
      }
      ASSERT_GE(byte, 0);
      cursor.accept(byte);
    }
    const auto allowed = cursor.allowed();
    for (std::size_t i = 0; i < vocabulary.tokenizer->vocabulary_size(); ++i) {
      const auto id = static_cast<TokenId>(i);
      const std::string& bytes = vocabulary.trie->bytes(id);
      bool fits = !bytes.empty() && automaton.read(state, bytes) != GrammarAutomaton::kDead;
      if (vocabulary.tokenizer->is_end_of_generation(id)) fits = automaton.is_complete(state);
      ASSERT_EQ(has_token(allowed, id), fits) << begin << " + " << bytes;
    }
  }
}

TEST_P(GrammarOverVocabulary, ForcedTokensSpellTheForcedText) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Vocabulary vocabulary(GetParam());
  GrammarCursor cursor(
      vocabulary.with(parse_gbnf("root ::= \"{\\\"temperature\\\": \" [0-9]+ \" degrees, thank you.\"")));
  std::string text;
  for (const TokenId id : cursor.forced()) {
    text += vocabulary.tokenizer->piece(id);
    cursor.accept(id);
  }
  // The space at the end may belong to the number's token.
  EXPECT_TRUE(text == "{\"temperature\": " || text == "{\"temperature\":") << text;
  EXPECT_TRUE(cursor.forced().empty() || text.ends_with(':'));
}

INSTANTIATE_TEST_SUITE_P(Real, GrammarOverVocabulary,
                         ::testing::Values("llama-bpe", "qwen2", "gemma-4", "phi-3", "llama-spm", "gpt-2"),
                         [](const auto& vocabulary) { return minnow::testing::instance_name(vocabulary.param); });

TEST(TokenGrammar, SharesWhatItFindsAndForgetsBeyondItsMemory) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Vocabulary vocabulary("llama-bpe");
  const Grammar grammar = parse_json_schema(kPerson);
  const auto roomy = vocabulary.with(grammar);
  const auto narrow = vocabulary.with(grammar, /*memory=*/100'000);
  for (unsigned seed = 0; seed < 5; ++seed) {
    EXPECT_EQ(random_text(vocabulary, roomy, seed, true), random_text(vocabulary, narrow, seed, true));
  }
}

TEST(TokenGrammar, ACopyGoesItsOwnWay) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Vocabulary vocabulary("qwen2");
  GrammarCursor one(vocabulary.with(regex_grammar("(yes|no)!")));
  GrammarCursor other = one;
  one.accept(*vocabulary.tokenizer->find("yes"));
  other.accept(*vocabulary.tokenizer->find("no"));
  EXPECT_THROW(one.accept(*vocabulary.tokenizer->find("no")), Error);
  for (GrammarCursor* cursor : {&one, &other}) {
    const auto forced = cursor->forced();
    ASSERT_EQ(forced.size(), 1u);
    cursor->accept(forced[0]);
    EXPECT_TRUE(cursor->finished());
  }
}

TEST(GrammarAutomaton, StopsAtItsLimitAndGoesOnWhenThatIsRaised) {
  const Grammar grammar = parse_gbnf("root ::= ([a-z]{0,50} \",\"?){0,50}");
  GrammarAutomaton free(grammar), limited(grammar);
  const std::uint64_t before = free.steps();
  const auto wanted = free.read(free.start(), "abc,def");
  const std::uint64_t needed = free.steps() - before;
  EXPECT_GT(needed, 100u);
  limited.limit_steps(limited.steps() + needed / 2);
  EXPECT_THROW(limited.read(limited.start(), "abc,def"), Error);
  limited.limit_steps(limited.steps() + 100 * needed);
  const auto state = limited.read(limited.start(), "abc,def");
  EXPECT_EQ(limited.is_complete(state), free.is_complete(wanted));
  EXPECT_EQ(limited.read(state, "x,") == GrammarAutomaton::kDead, free.read(wanted, "x,") == GrammarAutomaton::kDead);
}

// Every character may be in any of thousands of rounds of three alternatives: one mask of it took longer than ten
// seconds.
TEST(TokenGrammar, AGrammarThatTakesTooLongIsGivenUpAndNoneOfTheOthers) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Vocabulary vocabulary("qwen2");
  const auto hard = vocabulary.with(parse_gbnf(R"(root ::= x*
x ::= [^"]{0,2000} "a" | [^"]{0,1999} "b" | [^"]{3,1998} "c")"));
  GrammarCursor cursor(hard);
  const TokenId some = vocabulary.tokenizer->encode("a word", {.add_special = false}).front();
  try {
    for (int i = 0; i < 1000; ++i) {
      cursor.allowed();
      cursor.accept(some);
    }
    ADD_FAILURE() << "it was followed";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("takes too long"));
  }
  const auto person = vocabulary.with(parse_json_schema(kPerson));
  for (unsigned seed = 0; seed < 5; ++seed) random_text(vocabulary, person, seed, true);
}

TEST(TokenGrammar, NeverAllowsControlTokens) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Vocabulary vocabulary("llama-bpe");
  GrammarCursor cursor(vocabulary.with(parse_gbnf("root ::= .*")));
  const auto allowed = cursor.allowed();
  for (std::size_t i = 0; i < vocabulary.tokenizer->vocabulary_size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (vocabulary.tokenizer->is_end_of_generation(id)) {
      EXPECT_TRUE(has_token(allowed, id));
    } else if (vocabulary.tokenizer->is_control(id)) {
      EXPECT_FALSE(has_token(allowed, id));
    }
  }
  EXPECT_TRUE(cursor.complete());
  EXPECT_FALSE(cursor.finished());
}

}  // namespace
}  // namespace minnow::text
