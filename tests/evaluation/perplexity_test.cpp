#include "evaluation/perplexity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/file.hpp"
#include "test_data.hpp"
#include "tiny_model.hpp"

namespace minnow::evaluation {
namespace {

const char* const kText = "a fish in the river and a fish in the net are not the same fish at all they say";

TEST(Perplexity, OfStoriesIsWhatTheReferenceFound) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Model model = Model::load(testing::shared_data() / "models/stories260K/stories260K.gguf");
  const std::string text = read_file(testing::shared_data() / "text/tinystories-sample.txt");
  const Perplexity result =
      perplexity(model, text, {.passages = {.context = 250, .chunks = 5, .separator = "<|endoftext|>"}});
  EXPECT_EQ(result.tokens, 1245u);
  EXPECT_NEAR(result.perplexity, 3.907, 0.001);
}

TEST(Perplexity, IsTheSameInFastArithmeticToATenthOfAPercent) {
  MINNOW_REQUIRE_SHARED_DATA();
  const auto file = testing::shared_data() / "models/stories260K/stories260K.gguf";
  const Model exact = Model::load(file);
  const Model fast = Model::load(file, {.arithmetic = Arithmetic::fast});
  const std::string text = read_file(testing::shared_data() / "text/tinystories-sample.txt");
  const PerplexityOptions options{.passages = {.context = 250, .chunks = 20, .separator = "<|endoftext|>"}};
  const double expected = perplexity(exact, text, options).perplexity;
  const double measured = perplexity(fast, text, options).perplexity;
  EXPECT_NEAR(measured, expected, 1e-3 * expected);
  EXPECT_EQ(measured == expected, fast.arithmetic() == "exact") << "a fast model that computes exactly says so";
}

TEST(Perplexity, IsTheMeanLogLikelihoodOfTheSecondHalfOfEachChunk) {
  const Model model = Model::load(testing::tiny_model());
  const auto ids = model.tokenize(kText);
  const std::size_t context = 16;
  const Perplexity result = perplexity(model, kText, {.passages = {.context = context}});
  ASSERT_EQ(result.chunks, ids.size() / context);
  EXPECT_EQ(result.tokens, result.chunks * (context - context / 2 - 1));

  double sum = 0, squares = 0;
  for (std::size_t chunk = 0; chunk < result.chunks; ++chunk) {
    Session session(model);
    session.prefill(std::vector<TokenId>{1});
    for (std::size_t i = 1; i < context; ++i) {
      const TokenId id = ids[chunk * context + i];
      const double surprise = -session.log_probability(id);
      if (i > context / 2) {
        sum += surprise;
        squares += surprise * surprise;
      }
      session.prefill({&id, 1});
    }
  }
  const auto n = static_cast<double>(result.tokens);
  EXPECT_NEAR(result.perplexity, std::exp(sum / n), 1e-9 * result.perplexity);
  const double error_of_mean = std::sqrt((squares / n - sum / n * sum / n) / (n - 1));
  EXPECT_NEAR(result.error, result.perplexity * error_of_mean, 1e-6 * result.perplexity);
}

TEST(Perplexity, DocumentsAreScoredFromTheirFirstToken) {
  const Model model = Model::load(testing::tiny_model());
  const std::string two = std::string("the net\n<|>\n\n<|> a river ");
  const Perplexity result = perplexity(model, two, {.passages = {.context = 100, .separator = "<|>"}});
  EXPECT_EQ(result.chunks, 2u);
  EXPECT_EQ(result.tokens, model.tokenize("the net").size() + model.tokenize("a river").size() - 2);
  EXPECT_EQ(perplexity(model, two, {.passages = {.context = 3, .separator = "<|>"}}).tokens, 4u);
  EXPECT_EQ(perplexity(model, two, {.passages = {.context = 100, .chunks = 1, .separator = "<|>"}}).chunks, 1u);
}

TEST(Perplexity, TextTooShortToScoreIsRefused) {
  const Model model = Model::load(testing::tiny_model());
  EXPECT_THROW(perplexity(model, "a", {.passages = {.context = 512}}), Error);
  EXPECT_THROW(perplexity(model, "", {.passages = {.separator = "<|>"}}), Error);
  EXPECT_THROW(perplexity(model, kText, {.passages = {.context = 1}}), Error);
  for (const std::size_t context : {0, 1, 2}) {  // of a chunk of two tokens the second half scores nothing
    EXPECT_THROW(perplexity(model, kText, {.passages = {.context = context}}), Error) << context;
  }
}

}  // namespace
}  // namespace minnow::evaluation
