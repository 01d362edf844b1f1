#include "evaluation/divergence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>

#include "evaluation/gate.hpp"
#include "evaluation/perplexity.hpp"
#include "evaluation/reference_file.hpp"
#include "temporary_folder.hpp"
#include "tiny_model.hpp"

namespace minnow::evaluation {
namespace {

using ::testing::HasSubstr;

const char* const kText =
    "a fish in the river and a fish in the net are not the same fish at all they say, and the one that says so is the "
    "fish in the river, who has never been in a net and is not going to be in one if it can be helped at all";
const DivergenceOptions kOptions{.passages = {.context = 24}};

Model tiny(const std::string& quantization) { return Model::load(testing::tiny_model({.quantization = quantization})); }

std::filesystem::path file(const std::string& name) { return testing::process_folder() / name; }

TEST(Divergence, OfAModelFromItselfIsNothing) {
  const Divergence result = divergence(tiny(""), tiny(""), kText, kOptions);
  EXPECT_LT(result.maximum, 1e-6);
  EXPECT_EQ(result.same_top, 1);
  EXPECT_NEAR(result.perplexity_ratio, 1, 1e-6);
  EXPECT_GT(result.tokens, 20u);
}

// The definition, written out again over the logits of two sessions.
TEST(Divergence, IsTheMeanOfKullbackAndLeiblersSumOverScoredTokens) {
  const Model reference = tiny(""), candidate = tiny("Q4_0");
  const Divergence result = divergence(reference, candidate, kText, kOptions);
  const auto passages = passages_of(reference, kText, kOptions.passages);
  double sum = 0;
  std::size_t n = 0;
  for (const Passage& passage : passages) {
    Session one(reference, {.context = 64}), other(candidate, {.context = 64});
    for (std::size_t i = 0; i + 1 < passage.tokens.size(); ++i) {
      one.prefill({&passage.tokens[i], 1});
      other.prefill({&passage.tokens[i], 1});
      if (i + 1 < passage.first_scored) continue;
      for (std::size_t id = 0; id < reference.vocabulary_size(); ++id) {
        const double p = one.log_probability(static_cast<TokenId>(id));
        sum += std::exp(p) * (p - other.log_probability(static_cast<TokenId>(id)));
      }
      ++n;
    }
  }
  EXPECT_EQ(result.tokens, n);
  EXPECT_NEAR(result.mean, sum / static_cast<double>(n), 1e-6 * result.mean + 1e-9);
  EXPECT_GT(result.mean, 1e-5);
  EXPECT_GE(result.p99, result.median);
}

TEST(Divergence, AgreesWithPerplexityAboutBothModels) {
  const Model reference = tiny(""), candidate = tiny("Q4_0");
  const Divergence result = divergence(reference, candidate, kText, kOptions);
  EXPECT_NEAR(result.reference_perplexity, perplexity(reference, kText, {.passages = {.context = 24}}).perplexity,
              1e-4);
  EXPECT_NEAR(result.perplexity, perplexity(candidate, kText, {.passages = {.context = 24}}).perplexity, 1e-4);
  EXPECT_NEAR(result.perplexity_ratio, result.perplexity / result.reference_perplexity, 1e-6);
}

TEST(Divergence, WithoutATokenToScoreIsRefused) {
  EXPECT_THROW(divergence(tiny(""), tiny(""), kText, {.passages = {.context = 2}}), Error);
}

TEST(ReferenceFile, GivesWhatTheModelGaveToAQuarterOfAThousandthNat) {
  const Model reference = tiny(""), candidate = tiny("Q4_0");
  ModelReference source(reference, kText, kOptions.passages);
  write_reference(file("reference.lp"), reference, source);
  FileReference kept = FileReference::open(file("reference.lp"));
  EXPECT_EQ(kept.model_sha256(), reference.sha256());
  const auto rows = source.rows(0), read = kept.rows(0);
  ASSERT_EQ(rows.size(), read.size());
  for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_NEAR(rows[i], read[i], 2.6e-4);
  const Divergence from_model = divergence(source, candidate), from_file = divergence(kept, candidate);
  EXPECT_NEAR(from_file.mean, from_model.mean, 2e-4);
  EXPECT_EQ(from_file.tokens, from_model.tokens);
}

TEST(ReferenceFile, OfAnotherVocabularyIsRefused) {
  const Model reference = tiny("");
  ModelReference source(reference, kText, kOptions.passages);
  write_reference(file("other.lp"), reference, source);
  FileReference kept = FileReference::open(file("other.lp"));
  if (!Model::has_embedded()) GTEST_SKIP() << "no other model in this build";
  EXPECT_THROW(divergence(kept, Model::embedded()), Error);
}

TEST(ReferenceFile, CutShortAnywhereIsRefused) {
  const Model reference = tiny("");
  ModelReference source(reference, kText, kOptions.passages);
  write_reference(file("whole.lp"), reference, source);
  std::ifstream in(file("whole.lp"), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const auto open = [](const std::string& bytes) {
    return FileReference::from_memory(std::as_bytes(std::span(bytes)), "cut");
  };
  EXPECT_NO_THROW(open(whole));
  for (std::size_t n = 0; n < whole.size(); n += 1 + n / 8) EXPECT_THROW(open(whole.substr(0, n)), Error) << n;
  EXPECT_THROW(open(whole + "x"), Error);
}

TEST(ReferenceFile, WithAPredictionThatIsNoLogProbabilityIsRefused) {
  const Model reference = tiny("");
  ModelReference source(reference, kText, kOptions.passages);
  write_reference(file("broken.lp"), reference, source);
  std::ifstream in(file("broken.lp"), std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const std::size_t first = 24 + 128 + 8 + 4 * source.passages()[0].tokens.size();  // reference_file.hpp draws it
  for (const float broken : {std::nanf(""), -HUGE_VALF, 3e38f, 1.0f}) {
    std::memcpy(&bytes[first], &broken, sizeof broken);
    FileReference kept = FileReference::from_memory(std::as_bytes(std::span(bytes)), "broken");
    EXPECT_THROW(kept.rows(0), Error) << broken;
  }
}

TEST(Gate, NamesEveryFigurePastItsLimit) {
  Gate gate;
  gate.at_most("divergence", 0.05, 0, 0.1);
  EXPECT_TRUE(gate.passed());
  gate.at_least("agreement", 0.9, 0, 0.95);
  gate.at_most("ratio", std::nan(""), 0, 2);
  EXPECT_FALSE(gate.passed());
  EXPECT_EQ(gate.refusal(), "agreement is 0.9, at least 0.95 is allowed; ratio is nan, at most 2 is allowed");
  const std::string html = gate_html(gate, {.candidate = {.name = "c"}, .reference = GateSubject{.name = "a<b"}});
  EXPECT_THAT(html, HasSubstr("a&lt;b"));
  EXPECT_THAT(html, HasSubstr("refused"));
}

TEST(Gate, ReportShowsOnlyWhatWasMeasured) {
  Gate gate;
  gate.at_least("acc of t<1>.jsonl", 0.5, 0.1, 0.4);
  GateFindings findings{.candidate = {.name = "c"}};
  findings.task = {.name = "t<1>.jsonl", .shots = 3, .scores = {{"acc", 0.5, 0.1, 0.3, 0.7, 24}}};
  const std::string task_only = gate_html(gate, findings);
  EXPECT_THAT(task_only, HasSubstr("t&lt;1&gt;.jsonl: 24 questions, 3 shots"));
  EXPECT_THAT(task_only, HasSubstr("0.3000 to 0.7000"));
  EXPECT_EQ(task_only.find("KL divergence"), std::string::npos);
  EXPECT_EQ(task_only.find("<td>reference"), std::string::npos);
  findings.divergence = Divergence{.tokens = 7};
  EXPECT_THAT(gate_html(gate, findings), HasSubstr("KL divergence"));
}

}  // namespace
}  // namespace minnow::evaluation
