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
#include "cli/terminal.hpp"
#include "cli/validators.hpp"
#include "evaluation/gate.hpp"
#include "evaluation/reference_file.hpp"

namespace minnow::cli {
namespace {

struct GateWords : ComparisonWords {
  std::string candidate, report;
  std::optional<double> max_divergence, max_p99, max_perplexity_ratio, min_same_top;
  bool json = false;
};

evaluation::Gate judge(const GateWords& words, const evaluation::Divergence& result) {
  evaluation::Gate gate;
  if (words.max_divergence) gate.at_most("mean KL divergence", result.mean, result.mean_error, *words.max_divergence);
  if (words.max_p99) gate.at_most("99% of the KL divergence", result.p99, 0, *words.max_p99);
  if (words.max_perplexity_ratio) {
    gate.at_most("perplexity ratio", result.perplexity_ratio, result.perplexity_ratio_error,
                 *words.max_perplexity_ratio);
  }
  if (words.min_same_top) {
    gate.at_least("share of the same likeliest token", result.same_top, result.same_top_error, *words.min_same_top);
  }
  return gate;
}

std::uint64_t size_of(const std::string& path) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  return ignored ? 0 : size;
}

void write_report(const GateWords& words, const evaluation::Gate& gate, const evaluation::Divergence& result,
                  const std::string& reference_sha256, const Model& candidate) {
  AtomicFile file(words.report);
  file.write(evaluation::gate_html(
      gate, result, {std::filesystem::path(words.reference).filename(), reference_sha256, size_of(words.reference)},
      {std::filesystem::path(words.candidate).filename(), candidate.sha256(), size_of(words.candidate)}));
  file.commit();
}

void gate(const GateWords& words) {
  if (!words.max_divergence && !words.max_p99 && !words.max_perplexity_ratio && !words.min_same_top) {
    throw CLI::ValidationError("a gate needs a limit: --max-divergence, --max-perplexity-ratio or --min-same-top");
  }
  const auto reference = open_reference(words);
  const Model candidate = load_model(words.candidate, words.load);
  evaluation::Divergence result;
  {
    ProgressBar bar("comparing");
    result = evaluation::divergence(*reference, candidate,
                                    [&](std::size_t done, std::size_t total) { bar.update(done, total); });
  }
  const evaluation::Gate verdict = judge(words, result);
  if (!words.report.empty()) write_report(words, verdict, result, reference->model_sha256(), candidate);
  if (words.json) {
    nlohmann::ordered_json json{{"passed", verdict.passed()}, {"checks", nlohmann::ordered_json::array()}};
    for (const auto& check : verdict.checks()) {
      json["checks"].push_back({{"figure", check.figure},
                                {"value", check.value},
                                {"error", check.error},
                                {check.at_most ? "at_most" : "at_least", check.limit},
                                {"holds", check.holds()}});
    }
    json["divergence"] = divergence_json(result);
    json["reference_sha256"] = reference->model_sha256();
    json["candidate"] = model_json(candidate);
    print(json.dump() + "\n");
  } else {
    print(divergence_text(result));
  }
  if (!verdict.passed()) fail(ErrorCode::invalid_input, "refused: {}", verdict.refusal());
}

}  // namespace

void add_eval_gate(CLI::App& eval) {
  CLI::App* command = eval.add_subcommand("gate", "Whether a candidate is near enough to its reference: exit 0 or 1");
  auto words = std::make_shared<GateWords>();
  command->add_option("--reference", words->reference, "A GGUF file, or predictions kept by eval divergence")
      ->required();
  command->add_option("--candidate", words->candidate, "A GGUF file")->required();
  command->add_option("--max-divergence", words->max_divergence, "Mean KL divergence, nats per token")
      ->check(between(0.0, 100.0));
  command->add_option("--max-divergence-p99", words->max_p99, "What 99% of the tokens keep to")
      ->check(between(0.0, 100.0));
  command->add_option("--max-perplexity-ratio", words->max_perplexity_ratio, "Candidate's perplexity / reference's")
      ->check(between(0.0, 1e6));
  command->add_option("--min-same-top", words->min_same_top, "Share of tokens with the same likeliest token, 0 to 1")
      ->check(between(0.0, 1.0));
  command->add_option("--report", words->report, "Write a page of HTML that a person can read");
  add_comparison_options(*command, *words);
  command->add_flag("--json", words->json, "Print one JSON object");
  command->callback([words] { gate(*words); });
}

}  // namespace minnow::cli
