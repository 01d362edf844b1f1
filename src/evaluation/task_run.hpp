// A model's answers to a task, one question after another.
//
//   TaskRun run(model, task, {.prompts = {.shots = 5, .examples = &dev}});
//   while (!run.finished()) run.step();
//   std::cout << run.scores()[0].value;
//
// It can be left after any question and go on from the answers kept: in exact arithmetic the rest comes out the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evaluation/answer_writer.hpp"
#include "evaluation/choice_scorer.hpp"
#include "evaluation/task.hpp"
#include "evaluation/task_prompts.hpp"
#include "evaluation/task_score.hpp"

namespace minnow::evaluation {

struct TaskRunOptions {
  PromptOptions prompts{};
  ReadingOptions reading{};
  std::size_t max_tokens = 256;  // of an answer in words
  std::size_t limit = 0;         // questions, the first ones; 0: all
};

class TaskRun {
 public:
  // `task` and the examples must outlive it. Throws as TaskPrompts does.
  TaskRun(const Model& model, const Task& task, const TaskRunOptions& options = {});

  // The answers of an earlier run to the first questions; those beyond the limit are left out. Throws
  // Error(invalid_input) when they are not answers to these questions.
  void resume(std::vector<TaskAnswer> answers);

  std::size_t size() const { return n_items_; }
  bool finished() const { return answers_.size() == n_items_; }
  // Answers one more question. Errors name it.
  void step();

  const Model& model() const { return model_; }
  const Task& task() const { return task_; }
  const TaskRunOptions& options() const { return options_; }
  const std::vector<TaskAnswer>& answers() const { return answers_; }
  const std::vector<TaskDecision>& decisions() const { return decisions_; }
  // Of the questions answered so far; empty when there are none.
  std::vector<TaskScore> scores() const;
  // The same for each subject, when there are several.
  std::map<std::string, std::vector<TaskScore>> scores_by_subject() const;

 private:
  TaskAnswer answer(std::size_t item);
  std::vector<TokenId> prompt(std::size_t item) const;

  Model model_;
  const Task& task_;
  TaskRunOptions options_;
  std::size_t n_items_;
  TaskPrompts prompts_;
  ChoiceScorer scorer_;
  AnswerWriter writer_;
  std::vector<TaskAnswer> answers_;
  std::vector<TaskDecision> decisions_;
};

}  // namespace minnow::evaluation
