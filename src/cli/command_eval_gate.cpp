// minnow eval gate --reference A --candidate B: exit 0 when B may take A's place, 1 when it may not.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/divergence_words.hpp"
#include "cli/model_argument.hpp"
#include "cli/output_path.hpp"
#include "cli/task_words.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"
#include "evaluation/gate.hpp"
#include "evaluation/model_json.hpp"
#include "evaluation/reference_file.hpp"
#include "evaluation/task_results.hpp"

namespace minnow::cli {
namespace {

struct GateWords : ComparisonWords {
  std::string candidate, report;
  std::optional<double> max_divergence, max_p99, max_perplexity_ratio, min_same_top, min_score;
  TaskWords task;
  std::string score;
  bool json = false;

  bool limits_divergence() const { return max_divergence || max_p99 || max_perplexity_ratio || min_same_top; }
};

void judge_divergence(const GateWords& words, const evaluation::Divergence& result, evaluation::Gate& gate) {
  if (words.max_divergence) gate.at_most("mean KL divergence", result.mean, result.mean_error, *words.max_divergence);
  if (words.max_p99) gate.at_most("99% of the KL divergence", result.p99, 0, *words.max_p99);
  if (words.max_perplexity_ratio) {
    gate.at_most("perplexity ratio", result.perplexity_ratio, result.perplexity_ratio_error,
                 *words.max_perplexity_ratio);
  }
  if (words.min_same_top) {
    gate.at_least("share of the same likeliest token", result.same_top, result.same_top_error, *words.min_same_top);
  }
}

// The score that --min means.
evaluation::TaskScore limited_score(const GateWords& words, const evaluation::TaskRun& run) {
  std::string names;
  for (const evaluation::TaskScore& score : run.scores()) {
    if (words.score.empty() || score.name == words.score) return score;
    names += (names.empty() ? "" : ", ") + score.name;
  }
  fail(ErrorCode::invalid_input, "{} has no score '{}', but {}", run.task().name, words.score, names);
}

std::uint64_t size_of(const std::string& path) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  return ignored ? 0 : size;
}

evaluation::GateSubject subject(const std::string& path, const std::string& sha256) {
  return {.name = std::filesystem::path(path).filename(), .sha256 = sha256, .bytes = size_of(path)};
}

// What was measured of the candidate.
struct Measured {
  Model candidate;
  evaluation::Gate gate{};
  evaluation::GateFindings findings{};
  nlohmann::ordered_json json{};  // of divergence and task
  std::string lines{};
};

void measure_divergence(const GateWords& words, evaluation::Reference& reference, Measured& measured) {
  ProgressBar bar("comparing");
  const evaluation::Divergence result = evaluation::divergence(
      reference, measured.candidate, [&](std::size_t done, std::size_t total) { bar.update(done, total); });
  judge_divergence(words, result, measured.gate);
  measured.findings.reference = subject(words.reference, reference.model_sha256());
  measured.findings.divergence = result;
  measured.json["divergence"] = divergence_json(result);
  measured.json["reference_sha256"] = reference.model_sha256();
  measured.lines += divergence_text(result);
}

void measure_task(const GateWords& words, const AskedTask& asked, Measured& measured) {
  evaluation::TaskRun run = asked.run(measured.candidate);
  answer_all(run, [&] {
    if (run.answers().size() == 1) limited_score(words, run);  // a wrong name is told of at once
  });
  if (!run.finished()) fail(ErrorCode::cancelled, "interrupted: the candidate was not judged");
  const evaluation::TaskScore score = limited_score(words, run);
  measured.gate.at_least(score.name + " of " + run.task().name, score.value, score.standard_error, *words.min_score);
  measured.findings.task = {run.task().name, run.options().prompts.shots, run.scores()};
  measured.json["task"] = evaluation::task_results(run);
  measured.json["task"].erase("items");
  measured.lines += score_lines(run);
}

nlohmann::ordered_json verdict_json(const Measured& measured) {
  nlohmann::ordered_json json{{"passed", measured.gate.passed()}, {"checks", nlohmann::ordered_json::array()}};
  for (const auto& check : measured.gate.checks()) {
    json["checks"].push_back({{"figure", check.figure},
                              {"value", check.value},
                              {"error", check.error},
                              {check.at_most ? "at_most" : "at_least", check.limit},
                              {"holds", check.holds()}});
  }
  json.update(measured.json);
  json["candidate"] = evaluation::model_json(measured.candidate);
  return json;
}

void check_words(const GateWords& words) {
  if (words.task.task_file.empty() != !words.min_score) throw CLI::ValidationError("--task and --min need each other");
  if (!words.limits_divergence() && !words.min_score) {
    throw CLI::ValidationError(
        "a gate needs a limit: --max-divergence, --max-perplexity-ratio, --min-same-top, or --task with --min");
  }
  if (words.limits_divergence() == words.reference.empty()) {
    throw CLI::ValidationError("limits of the divergence and a --reference need each other");
  }
}

void gate(const GateWords& words) {
  check_words(words);
  require_other_file(words.report, {words.reference, words.candidate, words.text_file, words.task.task_file,
                                    words.task.examples_file});
  std::unique_ptr<evaluation::Reference> reference;
  std::optional<AskedTask> asked;
  if (words.min_score) asked.emplace(words.task);  // a broken file is told of before hours of measuring
  if (words.limits_divergence()) reference = open_reference(words);
  Measured measured{load_model(words.candidate, words.load)};
  measured.findings.candidate = subject(words.candidate, measured.candidate.sha256());
  if (reference) measure_divergence(words, *reference, measured);
  if (asked) measure_task(words, *asked, measured);
  if (!words.report.empty()) write_file(words.report, evaluation::gate_html(measured.gate, measured.findings));
  print(words.json ? verdict_json(measured).dump() + "\n" : measured.lines);
  if (!measured.gate.passed()) fail(ErrorCode::invalid_input, "refused: {}", measured.gate.refusal());
}

}  // namespace

void add_eval_gate(CLI::App& eval) {
  CLI::App* command = eval.add_subcommand(
      "gate", "Whether a candidate is near enough to its reference, or good enough at a task: exit 0 or 1");
  auto words = std::make_shared<GateWords>();
  command->add_option("--reference", words->reference, "A GGUF file, or predictions kept by eval divergence");
  command->add_option("--candidate", words->candidate, "A GGUF file")->required();
  command->add_option("--max-divergence", words->max_divergence, "Mean KL divergence, nats per token")
      ->check(between(0.0, 100.0));
  command->add_option("--max-divergence-p99", words->max_p99, "What 99% of the tokens keep to")
      ->check(between(0.0, 100.0));
  command->add_option("--max-perplexity-ratio", words->max_perplexity_ratio, "Candidate's perplexity / reference's")
      ->check(between(0.0, 1e6));
  command->add_option("--min-same-top", words->min_same_top, "Share of tokens with the same likeliest token, 0 to 1")
      ->check(between(0.0, 1.0));
  auto* task = command->add_option("--task", words->task.task_file, "Ask these questions too, as eval task does");
  command->add_option("--min", words->min_score, "The least score of the task, 0 to 1")->check(between(0.0, 1.0));
  command->add_option("--score", words->score, "Which score --min means: acc_norm, slot_f1, … (default: the first)");
  add_task_options(*command, words->task);
  for (const char* option : {"--score", "--kind", "--subject", "--shots", "--examples", "--seed", "--limit"}) {
    command->get_option(option)->needs(task);  // or it would do nothing
  }
  command->add_option("--report", words->report, "Write a page of HTML that a person can read");
  add_comparison_options(*command, *words);
  command->add_flag("--json", words->json, "Print one JSON object");
  command->callback([words] { gate(*words); });
}

}  // namespace minnow::cli
