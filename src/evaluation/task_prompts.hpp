// What a model reads before it answers: solved examples of the same task, and then the question.
//
//   const TaskPrompts prompts(task, {.shots = 5, .examples = &dev});
//   session.prefill(model.tokenize(prompts.context(0)));
//
// Examples are chosen as the evaluation harness does: for MMLU the first ones of the question's subject, else drawn at
// random for each question, from the same seed in the same order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "evaluation/task.hpp"
#include "minnow/minnow.hpp"

namespace minnow::evaluation {

struct PromptOptions {
  std::size_t shots = 0;
  const Task* examples = nullptr;  // where examples come from; null: the task itself, without the question asked
  std::uint64_t seed = 1234;
};

class TaskPrompts {
 public:
  // `task` and the examples must outlive it. Throws Error(invalid_input) when there are too few examples.
  TaskPrompts(const Task& task, const PromptOptions& options);

  std::string context(std::size_t item) const;
  // The same as a conversation, in which the examples were asked and answered before.
  std::vector<ChatMessage> messages(std::size_t item) const;

 private:
  using Examples = std::vector<std::size_t>;

  Examples first_of_subject(const TaskItem& item, std::size_t shots) const;
  bool may_show(const TaskItem& example, const TaskItem& asked) const;
  void draw_all(const PromptOptions& options);

  const Task& task_;
  const Task& pool_;
  std::vector<Examples> examples_;  // of each item
};

}  // namespace minnow::evaluation
