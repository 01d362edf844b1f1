// minnow merge MODEL ADAPTER OUT: a LoRA adapter becomes part of the weights, or with --extract is taken out of them.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/merge_extract.hpp"
#include "cli/output_path.hpp"
#include "cli/terminal.hpp"
#include "cli/validators.hpp"
#include "formats/low_rank.hpp"
#include "formats/merge_adapter.hpp"
#include "machine/cpu.hpp"
#include "models/adapter.hpp"
#include "models/spec_reader.hpp"

namespace minnow::cli {
namespace {

struct MergeWords {
  std::string model, adapter, out;
  float scale = 1;
  std::size_t threads = 0;
  bool extract = false;
  std::size_t rank = 16;
  bool json = false;
};

void merge(const MergeWords& words) {
  require_other_file(words.out, {words.model, words.adapter});
  const auto source = formats::GgufFile::open(words.model);
  const models::DecoderSpec spec = models::read_spec(source);
  formats::LoraAdapter adapter = formats::read_adapter(words.adapter, models::adapter_target(spec));
  if (!adapter.architecture.empty() && adapter.architecture != spec.architecture) {
    fail(ErrorCode::invalid_input, "{} was made for the architecture '{}', {} is '{}'", words.adapter,
         adapter.architecture, words.model, spec.architecture);
  }
  for (auto& [_, change] : adapter.changes) change.scale *= words.scale;
  ThreadPool pool(words.threads != 0 ? words.threads : machine::usable_cores());
  ProgressBar bar("merging");
  formats::merge_adapter(source, adapter, words.out, pool,
                         [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); });
}

}  // namespace

void add_merge(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "merge", "Make a LoRA adapter part of a model's weights, or extract one from the difference of two models");
  auto words = std::make_shared<MergeWords>();
  command->add_option("MODEL", words->model, "A GGUF file, best in F16, BF16 or F32")->required();
  command
      ->add_option("ADAPTER", words->adapter,
                   "A GGUF file, or a folder saved by PEFT; with --extract a model tuned from MODEL")
      ->required();
  command->add_option("OUT", words->out, "The file to write")->required();
  auto* extract_flag =
      command->add_flag("--extract", words->extract, "Write the adapter that turns MODEL into the tuned one");
  command->add_option("--rank", words->rank, "Of the extracted adapter")
      ->needs(extract_flag)
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, formats::kMaxLowRank));
  command->add_flag("--json", words->json, "Print what was extracted as one JSON object")->needs(extract_flag);
  command->add_option("--scale", words->scale, "Multiplies the adapter's change")
      ->excludes(extract_flag)
      ->capture_default_str()
      ->check(between(-100.0, 100.0));
  command->add_option("-t,--threads", words->threads, "Threads; 0: the physical cores this process may use")
      ->check(CLI::Range(0, 1024));
  command->callback([words] {
    if (!words->extract) return merge(*words);
    extract({.base = words->model,
             .tuned = words->adapter,
             .out = words->out,
             .rank = words->rank,
             .threads = words->threads,
             .json = words->json});
  });
}

}  // namespace minnow::cli
