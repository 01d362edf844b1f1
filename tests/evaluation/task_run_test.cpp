#include "evaluation/task_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/thread_pool.hpp"
#include "evaluation/number_match.hpp"
#include "evaluation/task_results.hpp"
#include "formats/quantize.hpp"
#include "temporary_folder.hpp"
#include "test_data.hpp"
#include "tiny_model.hpp"

namespace minnow::evaluation {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::filesystem::path file(const std::string& name) { return testing::process_folder() / name; }
Task golden_task(const std::string& name) { return read_task(testing::golden("eval_task/" + name)); }

void finish(TaskRun& run) {
  while (!run.finished()) run.step();
}

// One choice, from an empty session and one token at a time, of whose tokens the last `most` + 1 are taken.
double plainly(const Model& model, const std::string& text, const std::string& choice, std::size_t most = 1000) {
  const auto whole = model.tokenize(text + " " + choice);
  const std::size_t n_head = model.tokenize(text).size();
  const std::size_t first = whole.size() - std::min(whole.size(), most + 1);
  Session session(model, {.cache_type = CacheType::f32});
  double sum = 0;
  for (std::size_t i = first; i < whole.size(); ++i) {
    if (i >= n_head) sum += session.log_probability(whole[i]);
    if (i + 1 < whole.size()) session.prefill({&whole[i], 1});
  }
  return sum;
}

TEST(ChoiceScorer, IsTheSumOfTheTokensLogProbabilities) {
  const Model model = Model::load(testing::tiny_model());
  ChoiceScorer scorer(model, {});
  const std::vector<std::string> choices{"a fish", "a fish in the net", "rivers", "a"};
  for (const std::string text : {"what is in the river: ", "what is in the river", "nets?"}) {
    const std::string stripped = text.substr(0, text.find_last_not_of(' ') + 1);
    const std::string space(text.size() - stripped.size(), ' ');
    const auto sums = scorer.score(text, choices);
    for (std::size_t i = 0; i < choices.size(); ++i) EXPECT_EQ(sums[i], plainly(model, stripped, space + choices[i]));
  }
}

TEST(ChoiceScorer, EvaluatesWhatChoicesShareOnce) {
  const Model model = Model::load(testing::tiny_model());
  ChoiceScorer scorer(model, {});
  const std::string text(200, 'z');
  const std::size_t n_text = model.tokenize(text).size();
  scorer.score(text, std::vector<std::string>{"q", "w", "y"});
  const std::uint64_t first = scorer.evaluated_tokens();
  EXPECT_LT(first, n_text + 10);
  EXPECT_GE(first, n_text);
  scorer.score(text + "x", std::vector<std::string>{"q", "w", "y"});
  EXPECT_LT(scorer.evaluated_tokens(), first + 10) << "what the next question shares with this one neither";
}

TEST(ChoiceScorer, CutsWhatTheContextCannotHoldAtTheBeginning) {
  const Model model = Model::load(testing::tiny_model());
  const std::vector<std::string> choices{"fish", "nets and nets", "the"};
  ChoiceScorer scorer(model, {.context = 24});
  for (std::size_t length = 4; length < 40; ++length) {
    const std::string text(length, 'z');
    const auto sums = scorer.score(text, choices);
    for (std::size_t i = 0; i < choices.size(); ++i) EXPECT_EQ(sums[i], plainly(model, text, choices[i], 24)) << length;
  }
  EXPECT_THROW(scorer.score("z", std::vector<std::string>{std::string(40, 'z')}), Error);
}

TEST(TaskScore, LikeliestAndLikeliestForItsLengthAreDecided) {
  const TaskItem item{.query = "q", .choices = {"ab", "äöüäöüäöü", "ab"}, .answer = 1};
  const TaskDecision decision = decide(TaskKind::arc, item, {.log_likelihoods = {-4, -9, -4}});
  EXPECT_EQ(decision.numbers[0].second, 0u) << "ties go to the first";
  EXPECT_EQ(decision.numbers[1].second, 1u) << "nine characters, not eighteen bytes";
  EXPECT_THROW(decide(TaskKind::arc, item, {.log_likelihoods = {-1, -2}}), Error);
  EXPECT_THROW(decide(TaskKind::arc, item, {.log_likelihoods = {-1, -2, std::nan("")}}), Error);
}

TEST(TaskScore, HasTheErrorsOfAMeanOfZerosAndOnes) {
  std::vector<TaskDecision> decisions(10);
  for (std::size_t i = 0; i < 10; ++i) decisions[i].points = {{"acc", i < 3 ? 1.0 : 0.0}, {"none", 0}};
  const auto scores = task_scores(decisions);
  EXPECT_NEAR(scores[0].value, 0.3, 1e-12);
  EXPECT_NEAR(scores[0].standard_error, std::sqrt(0.3 * 0.7 / 9), 1e-12);
  EXPECT_NEAR(scores[0].low, 0.1077913, 1e-6);  // Wilson's interval, from statsmodels
  EXPECT_NEAR(scores[0].high, 0.6032219, 1e-6);
  EXPECT_EQ(scores[1].low, 0);
  EXPECT_NEAR(scores[1].high, 0.2775328, 1e-6);
}

// The home model with its weights, which are Q8_0, written as F32: the same numbers.
Model home_in_f32() {
  const auto path = file("home-f32.gguf");
  const auto source = formats::GgufFile::open(std::filesystem::path(MINNOW_SOURCE) / "models/home/minnow-home.gguf");
  ThreadPool pool(1);
  formats::quantize(source, path, formats::quantization_from_name("F32"), pool);
  return Model::load(path);
}

// tests/reference/eval_task/generate.py asked the harness about the same weights.
TEST(TaskRun, DecidesAsTheHarnessDoes) {
  const Model model = home_in_f32();
  const json golden = json::parse(read_file(testing::golden("eval_task/golden.json")));
  std::size_t n_decisions = 0;
  for (const json& run : golden["runs"]) {
    if (run["kind"] == "gsm8k") continue;
    const Task task = golden_task(run["file"]);
    const Task examples = golden_task(run["examples"].is_null() ? run["file"] : run["examples"]);
    TaskRun ours(model, task,
                 {.prompts = {.shots = run["shots"], .examples = run["examples"].is_null() ? nullptr : &examples}});
    finish(ours);
    for (std::size_t i = 0; i < task.items.size(); ++i) {
      const auto theirs = run["items"][i]["log_likelihoods"].get<std::vector<double>>();
      for (std::size_t choice = 0; choice < theirs.size(); ++choice) {
        EXPECT_NEAR(ours.answers()[i].log_likelihoods[choice], theirs[choice], 0.005)
            << run["kind"] << " with " << run["shots"] << " shots, question " << i;
      }
      for (const TaskPoints& points : ours.decisions()[i].points) {
        if (!run["items"][i].contains(points.score)) continue;
        EXPECT_EQ(points.right, run["items"][i][points.score].get<double>()) << run["kind"] << ", question " << i;
        ++n_decisions;
      }
    }
    for (const TaskScore& score : ours.scores()) {
      if (!run["scores"].contains(score.name)) continue;
      EXPECT_NEAR(score.value, run["scores"][score.name].get<double>(), 1e-12);
      EXPECT_NEAR(score.standard_error, run["scores"][score.name + "_stderr"].get<double>(), 1e-12);
    }
  }
  EXPECT_GE(n_decisions, 100u);
}

TEST(TaskScore, SlotsOfAllQuestionsMakeOneF1) {
  const TaskItem item{
      .query = "q", .choices = {}, .target = R"({"intent": "on", "slots": {"area": "hall", "level": 4}})"};
  std::vector<TaskDecision> decisions;
  for (const char* said :
       {R"({"intent": "on", "slots": {"level": 4, "area": "hall"}})",
        R"(Sure: {"intent": "on", "slots": {"area": "hall", "level": "4"}}.)", R"({"intent": "off", "slots": {}})",
        "I can't.", "}{", R"({"intent": ["on"], "slots": 3})"}) {
    decisions.push_back(decide(TaskKind::intent, item, {.text = said}));
  }
  const auto scores = task_scores(decisions);
  EXPECT_EQ(scores[0].name, "exact_match");
  EXPECT_NEAR(scores[0].value, 1.0 / 6, 1e-12);
  EXPECT_EQ(scores[1].name, "intent_acc");
  EXPECT_NEAR(scores[1].value, 2.0 / 6, 1e-12);
  EXPECT_EQ(scores[2].name, "slot_f1");
  EXPECT_NEAR(scores[2].value, 2.0 * 3 / (2 * 3 + 1 + 9), 1e-12) << "3 found, 1 invented, 9 missed";
  EXPECT_GT(scores[2].standard_error, 0);
  EXPECT_LT(scores[2].low, scores[2].value);
}

TEST(NumberMatch, FindsWhatTheHarnessFinds) {
  const json golden = json::parse(read_file(testing::golden("eval_task/golden.json")));
  EXPECT_GE(golden["numbers"].size(), 100u);
  for (const json& number : golden["numbers"]) {
    const std::string text = number[0], reference = number[1];
    EXPECT_EQ(strict_number(text), number[2][0]) << number;
    EXPECT_EQ(last_number(text), number[3][0]) << number;
    EXPECT_EQ(same_number(strict_number(text), reference), number[2][1]) << number;
    EXPECT_EQ(same_number(last_number(text), reference), number[3][1]) << number;
  }
}

TEST(TaskRun, WritesTheAnswersThatTheHarnessGets) {
  const json golden = json::parse(read_file(testing::golden("eval_task/golden.json")));
  const Model model = home_in_f32();
  std::size_t n_answers = 0;
  for (const json& run : golden["runs"]) {
    if (run["kind"] != "gsm8k") continue;
    const Task task = golden_task(run["file"]), examples = golden_task(run["examples"]);
    TaskRun ours(model, task, {.prompts = {.shots = run["shots"], .examples = &examples}});
    finish(ours);
    for (std::size_t i = 0; i < task.items.size(); ++i, ++n_answers) {
      EXPECT_EQ(ours.answers()[i].text, run["items"][i]["text"]) << "question " << i;
      EXPECT_EQ(ours.decisions()[i].extracted[1].second, run["items"][i]["extracted"]) << "question " << i;
    }
  }
  EXPECT_GT(n_answers, 0u);
}

TEST(TaskRun, CommandsAreSpokenToTheModelAsToAnAssistant) {
  const Model model = Model::load(std::filesystem::path(MINNOW_SOURCE) / "models/home/minnow-home.gguf");
  const Task task = golden_task("intent.jsonl");
  EXPECT_EQ(task.kind, TaskKind::intent);
  TaskRun run(model, task, {});
  finish(run);
  EXPECT_THAT(run.answers()[0].text, HasSubstr(R"({"intent":"HassTurnOff","slots":{"name":"light over the sofa"})"));
  EXPECT_EQ(run.scores()[0].value, 0.75) << "the last command makes no sense";
}

TEST(AnswerWriter, StopsAndCutsThePromptAtItsBeginning) {
  const Model model = Model::load(testing::tiny_model());
  AnswerWriter writer(model, {.context = 40});
  const auto prompt = model.tokenize(std::string(100, 'z'));
  const std::string whole = writer.write(prompt, {.max_tokens = 16});
  EXPECT_EQ(writer.write(std::span(prompt).last(24), {.max_tokens = 16}), whole);
  ASSERT_GT(whole.size(), 4u);
  const std::string stop = whole.substr(2, 1);
  EXPECT_EQ(writer.write(prompt, {.max_tokens = 16, .stop = {stop}}), whole.substr(0, whole.find(stop)));
  EXPECT_THROW(writer.write(prompt, {.max_tokens = 40}), Error);
}

TEST(TaskRun, GoesOnFromItsResultsAsIfNothingHadHappened) {
  const Model model = Model::load(testing::tiny_model());
  const Task task = golden_task("arc.jsonl");
  const TaskRunOptions options{.prompts = {.shots = 1}};
  TaskRun whole(model, task, options), part(model, task, options), rest(model, task, options);
  finish(whole);
  for (int i = 0; i < 3; ++i) part.step();
  write_results(file("part.json"), part);
  EXPECT_EQ(json::parse(read_file(file("part.json")))["answered"], 3);
  resume_from(file("part.json"), rest);
  EXPECT_EQ(rest.answers().size(), 3u);
  finish(rest);
  EXPECT_EQ(task_results(rest), task_results(whole));
}

TEST(TaskRun, OthersResultsAreNotGoneOnFrom) {
  const Model model = Model::load(testing::tiny_model());
  const Task task = golden_task("arc.jsonl");
  TaskRun run(model, task, {}), other(model, task, {.prompts = {.shots = 1}});
  run.step();
  write_results(file("run.json"), run);
  try {
    resume_from(file("run.json"), other);
    FAIL() << "results with other examples were taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("its shots is 0, and now it is 1"));
  }
  EXPECT_THROW(results_from_text("{}", "r"), Error);
  EXPECT_THROW(results_from_text(R"({"setup": {}, "items": [{"log_likelihoods": ["a"]}]})", "r"), Error);
  EXPECT_THROW(run.resume({{.log_likelihoods = {-1, -2, -3}}}), Error) << "the first question has four choices";
  EXPECT_EQ(run.answers().size(), 1u);
}

TEST(TaskRun, SubjectsAreScoredOneByOneToo) {
  const Model model = Model::load(testing::tiny_model());
  const std::string a = R"({"question": "q", "subject": "a", "choices": ["x", "y"], "answer": 0})";
  const std::string b = R"({"question": "q", "subject": "b", "choices": ["x", "y"], "answer": 1})";
  const Task task = task_from_text(a + "\n" + b + "\n" + a, "t", {});
  TaskRun run(model, task, {});
  finish(run);
  const json results = task_results(run);
  EXPECT_EQ(results["subjects"]["a"]["questions"], 2);
  EXPECT_EQ(
      results["subjects"]["a"]["acc"]["value"].get<double>() + results["subjects"]["b"]["acc"]["value"].get<double>(),
      1)
      << "one question, told to have either answer";
}

}  // namespace
}  // namespace minnow::evaluation
