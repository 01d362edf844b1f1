// minnow eval divergence MODEL --reference A: what a quantized or pruned model lost, token by token.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/divergence_words.hpp"
#include "cli/model_argument.hpp"
#include "cli/output_path.hpp"
#include "cli/terminal.hpp"
#include "evaluation/model_json.hpp"
#include "evaluation/reference_file.hpp"

namespace minnow::cli {
namespace {

struct DivergenceWords : ComparisonWords {
  std::string model;
  std::string save;
  bool json = false;
};

void save_reference(const DivergenceWords& words) {
  if (words.text_file.empty()) throw CLI::ValidationError("--save-reference needs a text: --file");
  require_other_file(words.save, {words.model, words.text_file});
  const std::string text = read_file(words.text_file);
  const Model model = load_model(words.model, words.load);
  evaluation::ModelReference source(model, text, words.passages);
  ProgressBar bar("predicting");
  evaluation::write_reference(words.save, model, source,
                              [&](std::size_t done, std::size_t total) { bar.update(done, total); });
}

void divergence(const DivergenceWords& words) {
  if (words.save.empty() == words.reference.empty()) {
    throw CLI::ValidationError("either --reference or --save-reference is needed");
  }
  if (!words.save.empty()) return save_reference(words);
  const auto reference = open_reference(words);
  const Model candidate = load_model(words.model, words.load);
  evaluation::Divergence result;
  {
    ProgressBar bar("comparing");
    result = evaluation::divergence(*reference, candidate,
                                    [&](std::size_t done, std::size_t total) { bar.update(done, total); });
  }
  if (!words.json) return print(divergence_text(result));
  nlohmann::ordered_json json = divergence_json(result);
  json["model"] = evaluation::model_json(candidate);
  print(json.dump() + "\n");
}

}  // namespace

void add_eval_divergence(CLI::App& eval) {
  CLI::App* command = eval.add_subcommand("divergence", "How far a model's predictions are from a reference's");
  auto words = std::make_shared<DivergenceWords>();
  command->add_option("MODEL", words->model, "A GGUF file")->required();
  command->add_option("--reference", words->reference, "A GGUF file, or a file that --save-reference wrote");
  command->add_option("--save-reference", words->save,
                      "Keep MODEL's predictions in this file, two bytes a token and word of the vocabulary");
  add_comparison_options(*command, *words);
  command->add_flag("--json", words->json, "Print one JSON object");
  command->callback([words] { divergence(*words); });
}

}  // namespace minnow::cli
