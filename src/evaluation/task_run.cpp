#include "evaluation/task_run.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace minnow::evaluation {

TaskRun::TaskRun(const Model& model, const Task& task, const TaskRunOptions& options)
    : model_(model),
      task_(task),
      options_(options),
      n_items_(options.limit == 0 ? task.items.size() : std::min(options.limit, task.items.size())),
      prompts_(task, options.prompts),
      scorer_(model, options.reading),
      writer_(model, options.reading) {}

void TaskRun::resume(std::vector<TaskAnswer> answers) {
  answers.resize(std::min(answers.size(), n_items_));
  std::vector<TaskDecision> decisions;
  for (std::size_t i = 0; i < answers.size(); ++i) decisions.push_back(decide(task_.kind, task_.items[i], answers[i]));
  answers_ = std::move(answers);
  decisions_ = std::move(decisions);
}

// Commands are spoken to a model as to an assistant, where it has a form for that.
std::vector<TokenId> TaskRun::prompt(std::size_t item) const {
  const bool as_chat = task_.kind == TaskKind::intent && model_.has_chat_template();
  return as_chat ? model_.chat_tokens(prompts_.messages(item)) : model_.tokenize(prompts_.context(item));
}

TaskAnswer TaskRun::answer(std::size_t item) {
  if (!is_generative(task_.kind))
    return {.log_likelihoods = scorer_.score(prompts_.context(item), task_.items[item].choices)};
  WritingOptions options{.max_tokens = options_.max_tokens};
  if (task_.kind == TaskKind::gsm8k) options.stop = {"Question:", "</s>", "<|im_end|>"};  // the harness's
  return {.text = writer_.write(prompt(item), options)};
}

void TaskRun::step() {
  const std::size_t index = answers_.size();
  try {
    TaskAnswer given = answer(index);
    decisions_.push_back(decide(task_.kind, task_.items[index], given));
    answers_.push_back(std::move(given));
  } catch (const Error& error) {
    fail(error.code(), "{}, question {}: {}", task_.name, index + 1, error.what());
  }
}

std::vector<TaskScore> TaskRun::scores() const {
  return decisions_.empty() ? std::vector<TaskScore>{} : task_scores(decisions_);
}

std::map<std::string, std::vector<TaskScore>> TaskRun::scores_by_subject() const {
  std::map<std::string, std::vector<TaskDecision>> by_subject;
  for (std::size_t i = 0; i < decisions_.size(); ++i) by_subject[task_.items[i].subject].push_back(decisions_[i]);
  std::map<std::string, std::vector<TaskScore>> scores;
  if (by_subject.size() < 2) return scores;
  for (const auto& [subject, decisions] : by_subject) scores[subject] = task_scores(decisions);
  return scores;
}

}  // namespace minnow::evaluation
