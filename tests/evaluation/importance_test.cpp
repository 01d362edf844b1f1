#include "evaluation/importance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tiny_model.hpp"

namespace minnow::evaluation {
namespace {

const char* const kText = "a fish in the river and a fish in the net are not the same fish at all they say";

double total(const formats::Importance& importance, const std::string& name) {
  const auto& sums = importance.tensors().at(name).sum_of_squares;
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

TEST(Importance, KnowsEveryMatrixOfTheModelOverEveryToken) {
  const Model model = Model::load(testing::tiny_model());
  const auto importance = gather_importance(model, kText, {.passages = {.context = 16}});
  const auto file = formats::GgufFile::open(testing::tiny_model());
  std::size_t n_matrices = 0;
  for (const auto& tensor : file.tensors()) {
    if (tensor.n_dimensions != 2) continue;
    ++n_matrices;
    ASSERT_TRUE(importance.tensors().contains(tensor.name)) << tensor.name;
    const auto& sums = importance.tensors().at(tensor.name);
    EXPECT_EQ(sums.sum_of_squares.size(), tensor.row_length()) << tensor.name;
    EXPECT_EQ(sums.counts[0], static_cast<float>(importance.chunk_count * 16)) << tensor.name;
  }
  EXPECT_EQ(importance.tensors().size(), n_matrices);
}

// Norm weights of the tiny model are 1, so that the squares of a normed row add up to its length.
TEST(Importance, AddsUpSquares) {
  const Model model = Model::load(testing::tiny_model());
  const auto importance = gather_importance(model, kText, {.passages = {.context = 16, .chunks = 2}});
  for (const char* name : {"blk.0.attn_q.weight", "blk.0.ffn_up.weight", "token_embd.weight"}) {
    const auto columns = static_cast<double>(importance.tensors().at(name).sum_of_squares.size());
    EXPECT_NEAR(total(importance, name), 32 * columns, 0.01 * 32 * columns) << name;
  }
}

TEST(Importance, IsTheSameHoweverTheTextIsRead) {
  const Model model = Model::load(testing::tiny_model());
  const auto once = gather_importance(model, kText, {.passages = {.separator = "|"}});
  const std::string twice_text = std::string(kText) + "|" + kText;
  const auto twice = gather_importance(model, twice_text, {.passages = {.separator = "|"}});
  for (const auto& [name, sums] : once.tensors()) {
    EXPECT_NEAR(total(twice, name), 2 * total(once, name), 1e-3 * total(once, name)) << name;
  }
}

}  // namespace
}  // namespace minnow::evaluation
