// minnow eval task MODEL -f FILE: how many of a task's questions a model gets right.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/model_argument.hpp"
#include "cli/terminal.hpp"
#include "evaluation/task_results.hpp"

namespace minnow::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenSaves{5};

struct TaskWords {
  std::string model, task_file, examples_file, output;
  evaluation::TaskOptions task;
  evaluation::TaskRunOptions run;
  ModelOptions load;
  bool resume = false;
  bool json = false;
};

void save(const TaskWords& words, const evaluation::TaskRun& run) {
  if (!words.output.empty()) evaluation::write_results(words.output, run);
}

// Ctrl-C ends it after the question being answered, and what was answered is kept.
void answer_all(const TaskWords& words, evaluation::TaskRun& run) {
  InterruptGuard guard;
  ProgressBar bar("answering");
  Clock::time_point saved = Clock::now();
  while (!run.finished() && !InterruptGuard::pending()) {
    run.step();
    bar.update(run.answers().size(), run.size());
    if (Clock::now() - saved < kBetweenSaves) continue;
    save(words, run);
    saved = Clock::now();
  }
  save(words, run);
}

std::string score_lines(const evaluation::TaskRun& run) {
  std::string lines;
  for (const evaluation::TaskScore& score : run.scores()) {
    lines += fmt::format("{:<10} {:.4f} +/- {:.4f}, 95%: {:.4f} to {:.4f}, {} questions\n", score.name, score.value,
                         score.stderr_mean, score.low, score.high, score.n);
  }
  for (const auto& [subject, scores] : run.scores_by_subject()) {
    for (const evaluation::TaskScore& score : scores) {
      lines += fmt::format("  {:<9} {:.4f} +/- {:.4f}, {} questions, {}\n", score.name, score.value, score.stderr_mean,
                           score.n, subject);
    }
  }
  return lines;
}

void task(TaskWords words) {
  if (words.resume && words.output.empty()) throw CLI::ValidationError("--resume needs the file to go on from: -o");
  const evaluation::Task questions = evaluation::read_task(words.task_file, words.task);
  std::optional<evaluation::Task> examples;
  if (!words.examples_file.empty()) {
    examples = evaluation::read_task(words.examples_file, {.kind = questions.kind, .subject = words.task.subject});
    words.run.prompts.examples = &*examples;
  }
  const Model model = load_model(words.model, words.load);
  evaluation::TaskRun run(model, questions, words.run);
  if (words.resume && std::filesystem::exists(words.output)) evaluation::resume_from(words.output, run);
  answer_all(words, run);
  if (!run.finished()) {
    fail(ErrorCode::cancelled, "interrupted after {} of {} questions{}", run.answers().size(), run.size(),
         words.output.empty() ? "" : "; go on with --resume");
  }
  print(words.json ? evaluation::task_results(run).dump() + "\n" : score_lines(run));
}

}  // namespace

void add_eval_task(CLI::App& eval) {
  CLI::App* command = eval.add_subcommand("task", "How many of a task's questions a model gets right");
  auto words = std::make_shared<TaskWords>();
  command->add_option("MODEL", words->model, "A GGUF file; left out: the embedded model");
  command->add_option("-f,--file", words->task_file, "The questions, one JSON object a line")->required();
  std::map<std::string, evaluation::TaskKind> kinds;
  using enum evaluation::TaskKind;
  for (const auto kind : {mmlu, arc, hellaswag}) kinds[std::string(evaluation::name_of(kind))] = kind;
  command->add_option("--kind", words->task.kind, "How the questions are written and asked; left out: by their fields")
      ->transform(CLI::CheckedTransformer(kinds));
  command->add_option("--subject", words->task.subject, "What mmlu questions are about, where the file doesn't say");
  command->add_option("--shots", words->run.prompts.shots, "Solved examples before each question")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000));
  command->add_option("--examples", words->examples_file,
                      "Take the examples from this file (default: the other questions of --file)");
  command->add_option("--seed", words->run.prompts.seed, "Chooses the examples")->capture_default_str();
  command->add_option("--limit", words->run.limit, "Only the first questions; 0: all")->capture_default_str();
  command
      ->add_option("-c,--ctx-size", words->run.scorer.context,
                   "Tokens a question may have, the rest is cut at its beginning; 0: the model's")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 27));
  add_cache_type(*command, words->run.scorer.cache_type);
  command->add_option("-o,--output", words->output, "Write the results to this file (JSON), also every few seconds");
  command->add_flag("--resume", words->resume, "Go on from the results in -o, if there are any");
  add_model_options(*command, words->load);
  command->add_flag("--json", words->json, "Print the results as one JSON object");
  command->callback([words] { task(*words); });
}

}  // namespace minnow::cli
