// What `eval task` and `eval gate` have in common: which task is asked and how, and asking it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "evaluation/task_run.hpp"

namespace CLI {
class App;
}

namespace minnow::cli {

struct TaskWords {
  std::string task_file, examples_file;
  evaluation::TaskOptions task;
  evaluation::TaskRunOptions run;
};

// All but the task's own file: --kind, --subject, --shots, --examples, --seed, --limit.
void add_task_options(CLI::App& command, TaskWords& words);

// The questions and where their examples come from.
class AskedTask {
 public:
  explicit AskedTask(const TaskWords& words);
  AskedTask(const AskedTask&) = delete;
  AskedTask& operator=(const AskedTask&) = delete;

  // This must outlive what it returns.
  evaluation::TaskRun run(const Model& model) const { return {model, questions_, options_}; }

 private:
  evaluation::Task questions_;
  std::optional<evaluation::Task> examples_;
  evaluation::TaskRunOptions options_;
};

// With a progress bar, until all is answered or Ctrl-C. `answered` is called after each question.
void answer_all(
    evaluation::TaskRun& run, const std::function<void()>& answered = [] {});

std::string score_lines(const evaluation::TaskRun& run);

}  // namespace minnow::cli
