// What a model's answers to a task are worth: a decision for each question, and from them scores with their errors.
//
//   TaskDecision decision = decide(task.items[0], answer);
//   std::vector<TaskScore> scores = task_scores(decisions);
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
  std::vector<double> log_likelihoods;  // of each choice, in nats
};

// Named points of one question, 0 to 1, the same names for all questions of a task.
using TaskPoints = std::vector<std::pair<std::string, double>>;

struct TaskDecision {
  std::size_t choice = 0;       // the likeliest
  std::size_t choice_norm = 0;  // the likeliest for its length in characters
  TaskPoints points;
};

// Ties go to the first choice. Throws Error(invalid_input) when the answer is not one to this question.
TaskDecision decide(const TaskItem& item, const TaskAnswer& answer);

struct TaskScore {
  std::string name;          // "acc", "acc_norm"
  double value = 0;          // mean of the points
  double stderr_mean = 0;    // one standard error of the mean
  double low = 0, high = 0;  // 95% confidence
  std::size_t n = 0;         // questions
};

// Precondition: at least one decision. The interval is Wilson's (1927), which stays between 0 and 1 and holds for few
// questions and scores near the ends too.
std::vector<TaskScore> task_scores(std::span<const TaskDecision> decisions);

}  // namespace minnow::evaluation
