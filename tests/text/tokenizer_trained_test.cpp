// Small tokenizers trained with PyPI's sentencepiece and tokenizers, and what those give: see make_trained.py.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "test_data.hpp"
#include "text/tokenizer.hpp"

namespace minnow::text {
namespace {

TokenizerSpec spec_of(const nlohmann::json& trained) {
  TokenizerSpec spec;
  spec.model = trained.at("model");
  spec.pre = trained.value("pre", "");
  spec.tokens = trained.at("tokens").get<std::vector<std::string>>();
  spec.scores = trained.value("scores", std::vector<float>());
  spec.merges = trained.value("merges", std::vector<std::string>());
  for (const int type : trained.value("types", std::vector<int>())) spec.types.push_back(static_cast<TokenType>(type));
  spec.add_bos = false;
  return spec;
}

TEST(TrainedTokenizers, GiveTheIdsAndTextsOfTheirTrainers) {
  std::ifstream in(minnow::testing::golden("tokenizers/trained.json"));
  const auto all = nlohmann::json::parse(in);
  ASSERT_EQ(all.size(), 4u);
  for (const auto& trained : all) {
    const auto tokenizer = make_tokenizer(spec_of(trained));
    ASSERT_GT(trained.at("cases").size(), 80u);
    for (const auto& example : trained.at("cases")) {
      const std::string text = example.at("text");
      const auto ids = tokenizer->encode(text, {.add_special = false, .parse_special = false});
      EXPECT_EQ(ids, example.at("ids").get<std::vector<TokenId>>()) << tokenizer->spec().model << ": " << text;
      EXPECT_EQ(tokenizer->decode(ids, true), example.at("decoded").get<std::string>()) << text;
    }
  }
}

}  // namespace
}  // namespace minnow::text
