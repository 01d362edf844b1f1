#include "evaluation/task.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "evaluation/python_random.hpp"
#include "evaluation/task_prompts.hpp"
#include "minnow/error.hpp"
#include "test_data.hpp"

namespace minnow::evaluation {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char* const kMmlu = R"({"question": " Which? ", "subject": "a_b", "choices": ["x", "y"], "answer": 1})";

std::string refusal(const std::string& text, const TaskOptions& options = {}) {
  try {
    task_from_text(text, "t.jsonl", options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_input);
    return error.what();
  }
  return "nothing was refused";
}

json golden() { return json::parse(read_file(testing::golden("eval_task/golden.json"))); }

// The harness's own words, from tests/reference/eval_task/generate.py.
TEST(Task, AsksExactlyWhatTheHarnessAsks) {
  const json all = golden();
  for (const json& run : all["runs"]) {
    const TaskOptions options{.kind = task_kind(run["kind"].get<std::string>())};
    const Task task = read_task(testing::golden("eval_task/" + run["file"].get<std::string>()), options);
    std::optional<Task> examples;
    if (!run["examples"].is_null()) {
      examples = read_task(testing::golden("eval_task/" + run["examples"].get<std::string>()), options);
    }
    const TaskPrompts prompts(task, {.shots = run["shots"], .examples = examples ? &*examples : nullptr});
    ASSERT_EQ(task.items.size(), run["items"].size());
    for (std::size_t i = 0; i < task.items.size(); ++i) {
      const json& item = run["items"][i];
      EXPECT_EQ(prompts.context(i), item["prompt"]) << run["kind"] << " " << run["shots"] << " shots, question " << i;
      for (std::size_t choice = 0; choice < task.items[i].choices.size(); ++choice) {
        EXPECT_EQ(" " + task.items[i].choices[choice], item["continuations"][choice]) << run["kind"];
      }
    }
  }
}

TEST(Task, DrawsExamplesAsPythonDoes) {
  const json all = golden();
  for (const json& draw : all["sample"]) {
    PythonRandom random(draw[0].get<std::uint64_t>());
    EXPECT_EQ(random.sample(draw[1], draw[2]), draw[3].get<std::vector<std::size_t>>()) << draw;
  }
}

TEST(Task, KindIsSeenFromTheFields) {
  EXPECT_EQ(task_from_text(kMmlu, "t", {}).kind, TaskKind::mmlu);
  EXPECT_EQ(read_task(testing::golden("eval_task/arc.jsonl")).kind, TaskKind::arc);
  EXPECT_EQ(read_task(testing::golden("eval_task/hellaswag.jsonl")).kind, TaskKind::hellaswag);
  EXPECT_EQ(read_task(testing::golden("eval_task/gsm8k.jsonl")).kind, TaskKind::gsm8k);
  EXPECT_EQ(read_task(testing::golden("eval_task/intent.jsonl")).kind, TaskKind::intent);
}

TEST(Task, CommonShapeIsAskedAsTheKindSays) {
  const std::string line = R"({"centerpiece": "Which?", "options": ["x", "y"], "correct_options_idx": [1]})";
  EXPECT_THAT(refusal(line), HasSubstr("--kind"));
  const Task mmlu = task_from_text(line + "\n\n" + line, "t", {.kind = TaskKind::mmlu, .subject = "s"});
  ASSERT_EQ(mmlu.items.size(), 2u);
  EXPECT_EQ(mmlu.items[1].query, "Which?\nA. x\nB. y\nAnswer:");
  EXPECT_EQ(mmlu.items[1].subject, "s");
  const Task arc = task_from_text(line, "t", {.kind = TaskKind::arc});
  EXPECT_EQ(arc.items[0].query, "Question: Which?\nAnswer:");
  EXPECT_THAT(arc.items[0].choices, ElementsAre("x", "y"));
  EXPECT_EQ(arc.items[0].answer, 1u);
}

TEST(Task, LetterOrNumberNamesTheAnswer) {
  const std::string line = R"({"question": "q", "choices": ["x", "y", "z"], "answer": )";
  EXPECT_EQ(task_from_text(line + "\"C\"}", "t", {}).items[0].answer, 2u);
  EXPECT_EQ(task_from_text(line + "\"2\"}", "t", {}).items[0].answer, 2u);
  EXPECT_EQ(task_from_text(line + "2}", "t", {}).items[0].answer, 2u);
}

TEST(Task, WhatIsNoQuestionWithAnAnswerIsRefusedByItsLine) {
  const std::string good(kMmlu);
  EXPECT_THAT(refusal(good + "\n{\"question\": 1}"), HasSubstr("t.jsonl line 2: there is no \"choices\""));
  EXPECT_THAT(refusal(""), HasSubstr("no question"));
  EXPECT_THAT(refusal("[1]"), HasSubstr("line 1: it is not a JSON object"));
  EXPECT_THAT(refusal("{"), HasSubstr("line 1: not valid JSON"));
  EXPECT_THAT(refusal("{\"a\": 1}"), HasSubstr("no task we know"));
  EXPECT_THAT(refusal(R"({"question": "q", "choices": ["x", "y"], "answer": 2})"), HasSubstr("0 to 1"));
  EXPECT_THAT(refusal(R"({"question": "q", "choices": ["x", "y"], "answer": "-1"})"), HasSubstr("0 to 1"));
  EXPECT_THAT(refusal(R"({"question": "q", "choices": ["x"], "answer": 0})"), HasSubstr("2 to 26 choices"));
  EXPECT_THAT(refusal(R"({"question": "q", "choices": ["x", ""], "answer": 0})"), HasSubstr("choice 2"));
  EXPECT_THAT(refusal(R"({"question": "q", "choices": {"text": ["x", "y"], "label": ["A"]}, "answerKey": "B"})"),
              HasSubstr("none of the labels"));
  EXPECT_THAT(refusal(R"({"ctx_a": "a", "ctx_b": "b", "activity_label": "c", "endings": ["x", "[y]"], "label": 0})"),
              HasSubstr("an ending is empty"));
  EXPECT_THAT(refusal(R"({"ctx_a": "a", "ctx_b": "b", "activity_label": "c", "endings": ["x", "y"], "label": ""})"),
              HasSubstr("\"label\""));
  EXPECT_THAT(refusal(R"({"question": "q", "answer": 3})"), HasSubstr("\"answer\" is not a text"));
  EXPECT_THAT(refusal(R"({"text": "q", "intent": "i", "slots": [3]})"), HasSubstr("\"slots\" is not an object"));
}

TEST(TaskPrompts, SubjectsLendEachOtherNoExamples) {
  const std::string other = R"({"question": "other", "subject": "c", "choices": ["x", "y"], "answer": 0})";
  const Task task = task_from_text(kMmlu, "t", {});
  const Task examples = task_from_text(other + "\n" + kMmlu, "e", {});
  const TaskPrompts prompts(task, {.shots = 1, .examples = &examples});
  EXPECT_THAT(prompts.context(0), HasSubstr("about a b.\n\nWhich?\nA. x\nB. y\nAnswer: B\n\nWhich?"));
  EXPECT_THROW(TaskPrompts(task, {.shots = 2, .examples = &examples}), Error);
}

TEST(TaskPrompts, AQuestionIsNeverItsOwnExample) {
  const Task task = read_task(testing::golden("eval_task/arc.jsonl"));  // the first and the last are the same
  const TaskPrompts prompts(task, {.shots = 7});
  for (std::size_t i = 0; i < task.items.size(); ++i) {
    const std::string context = prompts.context(i);
    EXPECT_EQ(context.find(task.items[i].query), context.rfind(task.items[i].query)) << i;
  }
  EXPECT_THROW(TaskPrompts(task, {.shots = 8}), Error) << "only seven others differ from the first";
  try {
    TaskPrompts(task, {.shots = 100});
    FAIL();
  } catch (const Error& error) {
    const std::string others = std::to_string(task.items.size() - 1);
    EXPECT_THAT(error.what(), HasSubstr("100 examples are wanted, and there are " + others + " to choose from"));
  }
}

}  // namespace
}  // namespace minnow::evaluation
