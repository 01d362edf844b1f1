// minnow convert SRC OUT.gguf: llama2.c checkpoints and Hugging Face folders to GGUF.
#include <CLI/CLI.hpp>
#include <cctype>
#include <map>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "formats/convert.hpp"
#include "machine/cpu.hpp"

namespace minnow::cli {
namespace {

struct ConvertWords {
  std::string source;
  std::string out;
  std::string type = "auto";
  formats::ConvertOptions options;
};

const std::map<std::string, formats::OutputType> kTypes{{"auto", formats::OutputType::as_stored},
                                                        {"f32", formats::OutputType::f32},
                                                        {"f16", formats::OutputType::f16},
                                                        {"bf16", formats::OutputType::bf16},
                                                        {"q8_0", formats::OutputType::q8_0}};

// Types of the converter's own, and the recipes of `minnow quantize`.
void read_type(const std::string& type, formats::ConvertOptions& options) {
  std::string small = type;
  for (char& letter : small) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  if (const auto found = kTypes.find(small); found != kTypes.end()) {
    options.type = found->second;
  } else {
    try {
      options.recipe = &formats::quantization_from_name(type);
    } catch (const Error& error) {
      throw CLI::ValidationError("--outtype: " + std::string(error.what()));
    }
  }
}

void convert(ConvertWords words) {
  read_type(words.type, words.options);
  ProgressBar bar("converting");
  if (words.options.threads == 0) words.options.threads = machine::usable_cores();
  words.options.progress = [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
  words.options.note = [](const std::string& sentence) { note(sentence); };
  formats::convert(words.source, words.out, words.options);
}

}  // namespace

void add_convert(CLI::App& app) {
  CLI::App* command = app.add_subcommand("convert", "A Hugging Face folder or a llama2.c checkpoint to GGUF");
  auto words = std::make_shared<ConvertWords>();
  command->add_option("SRC", words->source, "A folder with config.json and *.safetensors, or a llama2.c .bin")
      ->required();
  command->add_option("OUT", words->out, "The GGUF file to write")->required();
  command
      ->add_option("--outtype", words->type,
                   "Type of the matrices: auto (as the source has them), F32, F16, BF16, Q8_0, or a recipe of minnow "
                   "quantize (Q4_K_M)")
      ->capture_default_str();
  command->add_option("--tokenizer", words->options.tokenizer,
                      "llama2.c: its tokenizer file; default: tokenizer.bin or tok<N>.bin beside SRC");
  words->options.threads = 0;
  command->add_option("-t,--threads", words->options.threads, "Threads; 0: the physical cores this process may use")
      ->check(CLI::Range(0, 1024));
  command->callback([words] { convert(*words); });
}

}  // namespace minnow::cli
