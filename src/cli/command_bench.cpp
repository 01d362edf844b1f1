// minnow bench [MODEL]: how fast it runs here, and how far that is from what this machine could do.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/model_argument.hpp"
#include "cli/speed_output.hpp"
#include "cli/terminal.hpp"
#include "evaluation/roofline.hpp"
#include "evaluation/speed.hpp"

namespace minnow::cli {
namespace {

struct BenchWords {
  std::string model;
  ModelOptions load;
  std::string isa;
  std::string svg_file;
  bool json = false;
  evaluation::SpeedOptions options;
};

void bench(BenchWords words) {
  // The table of kernels is chosen once per process, by this variable.
  if (!words.isa.empty()) setenv("MINNOW_ISA", words.isa.c_str(), 1);
  std::erase(words.options.batches, 0u);
  const Model model = load_model(words.model, words.load);
  evaluation::SpeedReport report;
  {
    ProgressBar bar("measuring");
    words.options.progress = [&](std::size_t done, std::size_t total) { bar.update(done, total); };
    report = evaluation::measure_speed(model, words.options);
  }
  if (!words.svg_file.empty()) write_file(words.svg_file, evaluation::roofline_svg(report));
  print(words.json ? speed_json(report) + "\n" : speed_table(report));
}

}  // namespace

void add_bench(CLI::App& app) {
  CLI::App* command = app.add_subcommand("bench", "Speed of a model, and its distance to this machine's limits");
  auto words = std::make_shared<BenchWords>();
  evaluation::SpeedOptions& options = words->options;
  command->add_option("MODEL", words->model, "A GGUF file; left out: the embedded model");
  command->add_option("-p,--n-prompt", options.prompt_tokens, "Tokens of the prompt")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  command->add_option("-n,--n-gen", options.decode_tokens, "Tokens decoded after it")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  command->add_option("-r,--repetitions", options.repetitions, "How often everything is measured")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--batches", options.batches, "Sequences decoded together; 0: none")
      ->delimiter(',')
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  add_model_options(*command, words->load);
  add_cache_type(*command, options.cache_type);
  command->add_option("--isa", words->isa, "The instruction set to use, as MINNOW_ISA does; default: the best");
  command->add_option("--svg", words->svg_file, "Also draw a roofline into this file");
  command->add_flag("--json", words->json, "Print one JSON object");
  command->callback([words] { bench(*words); });
}

}  // namespace minnow::cli
