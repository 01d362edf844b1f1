// One line of a data set as a question in the words of the evaluation harness, one function for each kind of task.
#pragma once

#include "evaluation/task.hpp"
#include "evaluation/task_fields.hpp"

namespace minnow::evaluation {

TaskItem mmlu_item(const TaskLine& line);
TaskItem arc_item(const TaskLine& line);
TaskItem hellaswag_item(const TaskLine& line);
TaskItem gsm8k_item(const TaskLine& line);
TaskItem intent_item(const TaskLine& line);

}  // namespace minnow::evaluation
