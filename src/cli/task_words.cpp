#include "cli/task_words.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <map>

#include "cli/terminal.hpp"

namespace minnow::cli {
namespace {

std::map<std::string, evaluation::TaskKind> kinds_by_name() {
  using enum evaluation::TaskKind;
  std::map<std::string, evaluation::TaskKind> kinds;
  for (const auto kind : {mmlu, arc, hellaswag, gsm8k, intent}) kinds[std::string(evaluation::name_of(kind))] = kind;
  return kinds;
}

}  // namespace

void add_task_options(CLI::App& command, TaskWords& words) {
  command.add_option("--kind", words.task.kind, "How the questions are written and asked; left out: by their fields")
      ->transform(CLI::CheckedTransformer(kinds_by_name()))
      ->option_text("mmlu|arc|hellaswag|gsm8k|intent");
  command.add_option("--subject", words.task.subject, "What mmlu questions are about, where the file doesn't say");
  command.add_option("--shots", words.run.prompts.shots, "Solved examples before each question")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000));
  command.add_option("--examples", words.examples_file,
                     "Take the examples from this file (default: the other questions of the task)");
  command.add_option("--seed", words.run.prompts.seed, "Chooses the examples")->capture_default_str();
  command.add_option("--limit", words.run.limit, "Only the first questions; 0: all")->capture_default_str();
}

AskedTask::AskedTask(const TaskWords& words)
    : questions_(evaluation::read_task(words.task_file, words.task)), options_(words.run) {
  if (words.examples_file.empty()) return;
  examples_ = evaluation::read_task(words.examples_file, {.kind = questions_.kind, .subject = words.task.subject});
  options_.prompts.examples = &*examples_;
}

void answer_all(evaluation::TaskRun& run, const std::function<void()>& answered) {
  InterruptGuard guard;
  ProgressBar bar("answering");
  while (!run.finished() && !InterruptGuard::pending()) {
    run.step();
    bar.update(run.answers().size(), run.size());
    answered();
  }
}

std::string score_lines(const evaluation::TaskRun& run) {
  std::string lines;
  for (const evaluation::TaskScore& score : run.scores()) {
    lines += fmt::format("{:<20} {:.4f} +/- {:.4f}, 95%: {:.4f} to {:.4f}, {} questions\n", score.name, score.value,
                         score.standard_error, score.low, score.high, score.n);
  }
  for (const auto& [subject, scores] : run.scores_by_subject()) {
    for (const evaluation::TaskScore& score : scores) {
      lines += fmt::format("  {:<18} {:.4f} +/- {:.4f}, {} questions, {}\n", score.name, score.value,
                           score.standard_error, score.n, subject);
    }
  }
  return lines;
}

}  // namespace minnow::cli
