// minnow convert SRC OUT.gguf: llama2.c checkpoints and Hugging Face folders to GGUF.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "formats/convert.hpp"
#include "machine/cpu.hpp"

namespace minnow::cli {
namespace {

struct ConvertWords {
  std::string source;
  std::string out;
  formats::ConvertOptions options;
};

void convert(ConvertWords words) {
  ProgressBar bar("converting");
  if (words.options.threads == 0) words.options.threads = machine::usable_cores();
  words.options.progress = [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
  formats::convert(words.source, words.out, words.options);
}

}  // namespace

void add_convert(CLI::App& app) {
  CLI::App* command = app.add_subcommand("convert", "A Hugging Face folder or a llama2.c checkpoint to GGUF");
  auto words = std::make_shared<ConvertWords>();
  command->add_option("SRC", words->source, "A folder with config.json and *.safetensors, or a llama2.c .bin")
      ->required();
  command->add_option("OUT", words->out, "The GGUF file to write")->required();
  using Type = formats::OutputType;
  const std::map<std::string, Type> types{
      {"auto", Type::as_stored}, {"f32", Type::f32}, {"f16", Type::f16}, {"bf16", Type::bf16}, {"q8_0", Type::q8_0}};
  command->add_option("--outtype", words->options.type, "Number format of the matrices; auto: as the source has them")
      ->transform(CLI::CheckedTransformer(types, CLI::ignore_case));
  command->add_option("--tokenizer", words->options.tokenizer,
                      "llama2.c: its tokenizer file; default: tokenizer.bin or tok<N>.bin beside SRC");
  words->options.threads = 0;
  command->add_option("-t,--threads", words->options.threads, "Threads; 0: the physical cores this process may use")
      ->check(CLI::Range(0, 1024));
  command->callback([words] { convert(*words); });
}

}  // namespace minnow::cli
