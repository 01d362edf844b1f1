// What a model's answers to a task are worth: a decision for each question, and from them scores with their errors.
//
//   TaskDecision decision = decide(task.kind, task.items[0], answer);
//   std::vector<TaskScore> scores = task_scores(decisions);
//
// The scores, the one that counts first:
//   mmlu, arc, hellaswag  acc: the likeliest choice is right; acc_norm: the likeliest for its length in characters
//   gsm8k                 exact_match_strict: the number after "####"; exact_match_flexible: the last number
//   intent                exact_match: intent and all slots; intent_acc; slot_f1: over the slots of all questions
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/task.hpp"

namespace minnow::evaluation {

// What the model said, as it is kept in a file of results.
struct TaskAnswer {
  std::vector<double> log_likelihoods{};  // of each choice, in nats
  std::string text{};                     // where there are no choices
};

// What one question adds to a score: the score is the sum of `right` over the sum of `of`.
struct TaskPoints {
  std::string score;
  double right = 0;
  double of = 1;
  bool is_share = true;  // of the questions: `of` is 1, and `right` 0 or 1
};

struct TaskDecision {
  // What was taken from the answer: "choice" and "choice_norm", numbers of slots, or "strict" and "flexible".
  std::vector<std::pair<std::string, std::size_t>> numbers{};
  std::vector<std::pair<std::string, std::string>> extracted{};
  std::vector<TaskPoints> points{};  // the same scores in the same order for all questions of a task
};

// Ties go to the first choice. Throws Error(invalid_input) when the answer is not one to this question.
TaskDecision decide(TaskKind kind, const TaskItem& item, const TaskAnswer& answer);

struct TaskScore {
  std::string name;
  double value = 0;  // 0 to 1
  double standard_error = 0;
  double low = 0, high = 0;  // 95% confidence
  std::size_t n = 0;         // questions
};

// Precondition: at least one decision. The interval of a share of questions is Wilson's (1927), which holds for few
// questions and scores near the ends too; that of slot_f1 comes from its standard error.
std::vector<TaskScore> task_scores(std::span<const TaskDecision> decisions);

}  // namespace minnow::evaluation
