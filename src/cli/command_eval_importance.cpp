// minnow eval importance MODEL -f TEXT -o FILE: which columns of the matrices matter on a text.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/model_argument.hpp"
#include "cli/output_path.hpp"
#include "cli/passage_options.hpp"
#include "cli/terminal.hpp"
#include "evaluation/importance.hpp"

namespace minnow::cli {
namespace {

struct ImportanceWords {
  std::string model;
  std::string text_file;
  std::string out;
  ModelOptions load;
  evaluation::ImportanceOptions options;
};

void importance(ImportanceWords words) {
  require_other_file(words.out, {words.model, words.text_file});
  const std::string text = read_file(words.text_file);
  const Model model = load_model(words.model, words.load);
  formats::Importance result;
  {
    ProgressBar bar("listening");
    words.options.progress = [&](std::size_t done, std::size_t total) { bar.update(done, total); };
    result = evaluation::gather_importance(model, text, words.options);
  }
  result.datasets = {std::filesystem::path(words.text_file).filename().string()};
  result.write(words.out);
  const float tokens = result.tensors().empty() ? 0 : result.tensors().begin()->second.counts[0];
  note(fmt::format("{}: {} matrices over {:.0f} tokens", words.out, result.tensors().size(), tokens));
}

}  // namespace

void add_eval_importance(CLI::App& eval) {
  CLI::App* command = eval.add_subcommand(
      "importance", "How strongly a text uses each column of the matrices, for minnow quantize --importance");
  auto words = std::make_shared<ImportanceWords>();
  command->add_option("MODEL", words->model, "A GGUF file, best in F16, BF16 or F32")->required();
  command->add_option("-f,--file", words->text_file, "The text, UTF-8, like what the model will read")->required();
  command->add_option("-o,--output", words->out, "The importance matrix to write (GGUF)")->required();
  add_passage_options(*command, words->options.passages);
  add_model_options(*command, words->load);
  command->callback([words] { importance(*words); });
}

}  // namespace minnow::cli
