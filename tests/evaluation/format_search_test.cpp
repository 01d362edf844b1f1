// The choice among measured options, against trying all, and the measuring itself on a small model.
#include "evaluation/format_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/error.hpp"
#include "evaluation/divergence.hpp"
#include "evaluation/fit.hpp"
#include "formats/quantize.hpp"
#include "formats/quantize_recipe.hpp"
#include "temporary_folder.hpp"
#include "tiny_model.hpp"

namespace minnow::evaluation {
namespace {

using numeric::Format;

const char* const kText = "a fish in the river and a fish in the net are not the same fish at all they say";

// Groups with convex options, as measure_groups() leaves them: gains per byte fall from step to step.
std::vector<TensorGroup> random_groups(std::mt19937& random, std::size_t n_groups) {
  std::vector<TensorGroup> groups;
  for (std::size_t i = 0; i < n_groups; ++i) {
    TensorGroup group{.name = std::to_string(i), .tensors = {i}, .options = {}};
    const std::uint64_t unit = 10 + random() % 40;
    const double weight = 1.0 + static_cast<double>(random() % 100);
    for (std::uint64_t step = 0; step < 4; ++step) {
      group.options.push_back({.formats = {static_cast<Format>(step)},
                               .size_bytes = unit * (2 + step),
                               .divergence = weight / static_cast<double>(1u << (2 * step))});
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

double best_of_all(const std::vector<TensorGroup>& groups, std::uint64_t budget, std::size_t group = 0,
                   std::uint64_t size = 0, double loss = 0) {
  if (size > budget) return 1e300;
  if (group == groups.size()) return loss;
  double best = 1e300;
  for (const FormatOption& option : groups[group].options) {
    best = std::min(best, best_of_all(groups, budget, group + 1, size + option.size_bytes, loss + option.divergence));
  }
  return best;
}

TEST(FormatSearch, EveryMixOfTheFrontierIsTheBestOfItsSize) {
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    const auto groups = random_groups(random, 5);
    for (const Mix& mix : frontier_of(groups)) {
      EXPECT_NEAR(mix.expected, best_of_all(groups, mix.size_bytes), 1e-9) << mix.size_bytes;
    }
  }
}

TEST(FormatSearch, StaysWithinTheBudgetAndNearTheBest) {
  std::mt19937 random(6);
  for (int round = 0; round < 50; ++round) {
    const auto groups = random_groups(random, 5);
    const std::uint64_t smallest = frontier_of(groups).front().size_bytes;
    const std::uint64_t budget = smallest + random() % smallest;
    const auto mix = best_mix(groups, budget);
    ASSERT_TRUE(mix.has_value());
    EXPECT_LE(mix->size_bytes, budget);
    std::uint64_t size = 0;
    double loss = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      size += groups[i].options[mix->chosen[i]].size_bytes;
      loss += groups[i].options[mix->chosen[i]].divergence;
    }
    EXPECT_EQ(size, mix->size_bytes);
    EXPECT_NEAR(loss, mix->expected, 1e-9);
    EXPECT_LE(mix->expected, 1.5 * best_of_all(groups, budget) + 1e-9);
    EXPECT_FALSE(best_mix(groups, smallest - 1).has_value());
  }
}

class Trial : public ::testing::Test {
 protected:
  ThreadPool pool_{2};
  QuantizationTrial trial_{testing::tiny_model(), kText, {.context = 24, .chunks = 2}, nullptr, pool_};

  double divergence(Format format) {
    std::vector<RoundedTensor> all;
    for (std::size_t i = 0; i < trial_.file().tensors().size(); ++i) {
      if (formats::is_quantizable(trial_.file().tensors()[i])) all.push_back({.tensor = i, .format = format});
    }
    return trial_.divergence(all);
  }
};

TEST_F(Trial, RefusesATextOfWhichNothingIsScored) {
  EXPECT_THROW(QuantizationTrial(testing::tiny_model(), kText, {.context = 2, .chunks = 2}, nullptr, pool_), Error);
}

TEST_F(Trial, RoundingNothingLosesNothing) { EXPECT_NEAR(trial_.divergence({}), 0.0, 1e-6); }

TEST_F(Trial, FewerBitsLoseMoreAndTheFileIsItselfAgain) {
  const double at_8 = divergence(Format::q8_0), at_4 = divergence(Format::q4_k), at_2 = divergence(Format::q2_k);
  EXPECT_GT(at_8, 0.0);
  EXPECT_LT(at_8, at_4);
  EXPECT_LT(at_4, at_2);
  EXPECT_EQ(divergence(Format::q4_k), at_4);
  EXPECT_NEAR(trial_.divergence({}), 0.0, 1e-6);
  for (const auto& tensor : trial_.file().tensors()) EXPECT_EQ(tensor.format, Format::f32) << tensor.name;
}

// The layers before the first change are not evaluated again; the file with the same tensor rounded must agree.
TEST_F(Trial, OneTensorLosesWhatItLosesInAFile) {
  const auto source = formats::GgufFile::open(testing::tiny_model());
  const Model reference = Model::load(testing::tiny_model());
  const auto& tensors = source.tensors();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!formats::is_quantizable(tensors[i])) continue;
    std::vector<formats::FormatChoice> choices;
    for (const auto& tensor : tensors) choices.push_back({.format = tensor.format, .wanted = tensor.format});
    choices[i] = {.format = Format::q4_0, .wanted = Format::q4_0};
    const auto path = testing::process_folder() / "one-tensor.gguf";
    formats::quantize(source, path, choices, 0, pool_);
    const Divergence expected =
        evaluation::divergence(reference, Model::load(path), kText, {.passages = {.context = 24, .chunks = 2}});
    EXPECT_GT(expected.mean, 1e-6) << tensors[i].name;
    EXPECT_NEAR(trial_.divergence(std::vector<RoundedTensor>{{.tensor = i, .format = Format::q4_0}}), expected.mean,
                1e-3 * expected.mean + 1e-7)
        << tensors[i].name;
  }
}

TEST_F(Trial, MeasuredGroupsHaveConvexOptions) {
  std::size_t last = 0;
  const auto groups = measure_groups(trial_, [&](std::size_t done, std::size_t) { EXPECT_EQ(done, ++last); });
  std::size_t n_tensors = 0;
  for (const TensorGroup& group : groups) {
    n_tensors += group.tensors.size();
    ASSERT_GE(group.options.size(), 2u) << group.name;
    for (std::size_t i = 1; i < group.options.size(); ++i) {
      EXPECT_GT(group.options[i].size_bytes, group.options[i - 1].size_bytes) << group.name;
      EXPECT_LT(group.options[i].divergence, group.options[i - 1].divergence) << group.name;
    }
    EXPECT_EQ(group.options.back().divergence, 0.0) << group.name;  // as it is
  }
  EXPECT_EQ(n_tensors, tensors_of(groups, frontier_of(groups).front()).size());
}

TEST_F(Trial, FitsABudgetAndBeatsTheRecipesOfItsSize) {
  const auto file_bytes = trial_.file().size_bytes();
  const auto plan = models::plan_memory(trial_.spec(), 0, 64, 512, kernels::CacheType::f16);
  const std::uint64_t budget = plan.total_bytes() + file_bytes / 5;
  std::size_t last = 0, all = 1;
  const FitReport report =
      fit(trial_, {.budget_bytes = budget, .context = 64}, [&](std::size_t done, std::size_t total) {
        EXPECT_GE(done, last);
        last = done;
        all = total;
      });
  EXPECT_EQ(last, all);
  EXPECT_LE(report.plan.total_bytes(), budget);
  EXPECT_GT(report.best.file_bytes, file_bytes / 6) << "room was left";
  for (const FitPoint& recipe : report.recipes) {
    if (recipe.file_bytes > report.best.file_bytes) continue;
    EXPECT_LE(*report.best.measured, *recipe.measured) << recipe.name;
  }
  EXPECT_THAT(fit_text(report), ::testing::HasSubstr("chosen"));
  EXPECT_THAT(fit_svg(report, "a < b"), ::testing::AllOf(::testing::StartsWith("<svg"), ::testing::EndsWith("</svg>\n"),
                                                         ::testing::Not(::testing::HasSubstr("a < b"))));
}

TEST_F(Trial, SaysWhatTheSmallestFileNeedsBeforeMeasuringAnything) {
  const auto measured = [](std::size_t, std::size_t) { FAIL() << "measured in vain"; };
  EXPECT_THROW(fit(trial_, {.budget_bytes = 1000, .context = 64}, measured), Error);
}

}  // namespace
}  // namespace minnow::evaluation
