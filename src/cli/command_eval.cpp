// minnow eval perplexity MODEL -f TEXT: how well a model predicts a text.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/divergence_words.hpp"
#include "cli/model_argument.hpp"
#include "cli/passage_options.hpp"
#include "cli/terminal.hpp"
#include "evaluation/model_json.hpp"
#include "evaluation/perplexity.hpp"

namespace minnow::cli {
namespace {

struct PerplexityWords {
  std::string model;
  std::string text_file;
  ModelOptions load;
  bool json = false;
  evaluation::PerplexityOptions options;
};

void perplexity(PerplexityWords words) {
  const std::string text = read_file(words.text_file);
  const Model model = load_model(words.model, words.load);
  evaluation::Perplexity result;
  {
    ProgressBar bar("evaluating");
    words.options.progress = [&](std::size_t done, std::size_t total) { bar.update(done, total); };
    result = evaluation::perplexity(model, text, words.options);
  }
  if (words.json) {
    const nlohmann::ordered_json json{{"perplexity", result.perplexity},
                                      {"error", result.error},
                                      {"tokens", result.tokens},
                                      {"chunks", result.chunks},
                                      {"model", evaluation::model_json(model)}};
    print(json.dump() + "\n");
  } else {
    print(fmt::format("perplexity {:.4f} +/- {:.4f} over {} tokens in {} chunks\n", result.perplexity, result.error,
                      result.tokens, result.chunks));
  }
}

}  // namespace

void add_eval(CLI::App& app) {
  CLI::App* eval = app.add_subcommand("eval", "Measure a model");
  eval->require_subcommand(1);
  add_eval_divergence(*eval);
  add_eval_gate(*eval);
  add_eval_importance(*eval);
  add_eval_task(*eval);
  CLI::App* command = eval->add_subcommand("perplexity", "How well a model predicts a text");
  auto words = std::make_shared<PerplexityWords>();
  command->add_option("MODEL", words->model, "A GGUF file")->required();
  command->add_option("-f,--file", words->text_file, "The text, UTF-8")->required();
  add_passage_options(*command, words->options.passages);
  add_model_options(*command, words->load);
  add_cache_type(*command, words->options.cache_type);
  command->add_flag("--json", words->json, "Print {\"perplexity\", \"error\", \"tokens\", \"chunks\", \"model\"}");
  command->callback([words] { perplexity(*words); });
}

}  // namespace minnow::cli
