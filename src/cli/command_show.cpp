// minnow show MODEL: what a file holds and what it would take to run it.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/commands.hpp"
#include "cli/model_summary.hpp"
#include "cli/terminal.hpp"

namespace minnow::cli {
namespace {

struct ShowWords {
  std::string model;
  SummaryOptions options;
  bool json = false;
};

void show(const ShowWords& words) {
  const auto file = formats::GgufFile::open(words.model);
  const auto summary = summary_json(file, words.options);
  print(words.json ? summary.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"
                   : summary_text(summary));
}

}  // namespace

void add_show(CLI::App& app) {
  CLI::App* command = app.add_subcommand("show", "Metadata, tensors and memory plan of a model");
  auto words = std::make_shared<ShowWords>();
  command->add_option("MODEL", words->model, "A GGUF file, or any part of a split one")->required();
  command
      ->add_option("-c,--ctx-size", words->options.context, "Context of the memory plan; 0: the model's, at most 4096")
      ->check(CLI::Range(0L, 1L << 40));
  command->add_flag("--tensors", words->options.all_tensors, "List every tensor");
  command->add_flag("--json", words->json, "Print one JSON object");
  command->callback([words] { show(*words); });
}

}  // namespace minnow::cli
