// minnow eval task MODEL -f FILE: how many of a task's questions a model gets right.
#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/model_argument.hpp"
#include "cli/output_path.hpp"
#include "cli/task_words.hpp"
#include "cli/terminal.hpp"
#include "evaluation/task_results.hpp"

namespace minnow::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenSaves{5};

struct EvalTaskWords : TaskWords {
  std::string model, output;
  ModelOptions load;
  bool resume = false;
  bool json = false;
};

void save(const EvalTaskWords& words, const evaluation::TaskRun& run) {
  if (!words.output.empty()) evaluation::write_results(words.output, run);
}

void task(const EvalTaskWords& words) {
  if (words.resume && words.output.empty()) throw CLI::ValidationError("--resume needs the file to go on from: -o");
  require_other_file(words.output, {words.model, words.task_file, words.examples_file});
  const AskedTask asked(words);
  const Model model = load_model(words.model, words.load);
  evaluation::TaskRun run = asked.run(model);
  if (words.resume && std::filesystem::exists(words.output)) evaluation::resume_from(words.output, run);
  Clock::time_point saved = Clock::now();
  answer_all(run, [&] {
    if (Clock::now() - saved < kBetweenSaves) return;
    save(words, run);
    saved = Clock::now();
  });
  save(words, run);
  if (!run.finished()) {
    fail(ErrorCode::cancelled, "interrupted after {} of {} questions{}", run.answers().size(), run.size(),
         words.output.empty() ? "" : "; go on with --resume");
  }
  print(words.json ? evaluation::to_line(evaluation::task_results(run)) : score_lines(run));
}

}  // namespace

void add_eval_task(CLI::App& eval) {
  CLI::App* command = eval.add_subcommand("task", "How many of a task's questions a model gets right");
  auto words = std::make_shared<EvalTaskWords>();
  command->add_option("MODEL", words->model, "A GGUF file; left out: the embedded model");
  command->add_option("-f,--file", words->task_file, "The questions, one JSON object a line")->required();
  add_task_options(*command, *words);
  command
      ->add_option("-c,--ctx-size", words->run.reading.context,
                   "Tokens a question may have, the rest is cut at its beginning; 0: the model's")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 27));
  command->add_option("-n,--predict", words->run.max_tokens, "At most so many tokens for an answer in words")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  add_cache_type(*command, words->run.reading.cache_type);
  command->add_option("-o,--output", words->output, "Write the results to this file (JSON), also every few seconds");
  command->add_flag("--resume", words->resume, "Go on from the results in -o, if there are any");
  add_model_options(*command, words->load);
  command->add_flag("--json", words->json, "Print the results as one JSON object");
  command->callback([words] { task(*words); });
}

}  // namespace minnow::cli
