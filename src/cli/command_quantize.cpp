// minnow quantize IN OUT TYPE: the same model in fewer bits.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "formats/quantize.hpp"
#include "machine/cpu.hpp"

namespace minnow::cli {
namespace {

struct QuantizeWords {
  std::string in;
  std::string out;
  std::string type;
  std::vector<std::string> tensor_types;
  std::size_t threads = 0;
};

void quantize(const QuantizeWords& words) {
  const auto& quantization = formats::quantization_from_name(words.type);
  formats::RecipeOptions recipe;
  for (const std::string& text : words.tensor_types) {
    recipe.overrides.push_back(formats::format_override_from_text(text));
  }
  const auto source = formats::GgufFile::open(words.in);
  std::error_code ignored;
  if (std::filesystem::equivalent(words.in, words.out, ignored)) {
    fail(ErrorCode::invalid_input, "IN and OUT are the same file");
  }
  const auto choices = formats::choose_formats(quantization, source.metadata(), source.tensors(), recipe);
  for (const std::string& sentence : formats::describe_fallbacks(source, choices)) note(sentence);
  ThreadPool pool(words.threads != 0 ? words.threads : machine::usable_cores());
  {
    ProgressBar bar("quantizing");
    formats::quantize(source, words.out, choices, quantization.file_type, pool,
                      {.progress = [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); }});
  }
  note(fmt::format("{}: {:.1f} MB, was {:.1f} MB", words.out,
                   static_cast<double>(std::filesystem::file_size(words.out)) / 1e6,
                   static_cast<double>(source.size_bytes()) / 1e6));
}

// What a word is refused for, as CLI11 wants it; empty: it is fine.
template <typename Parse>
std::string refusal(Parse parse) {
  try {
    parse();
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

void add_quantize(CLI::App& app) {
  CLI::App* command = app.add_subcommand("quantize", "Rewrite a GGUF file in fewer bits");
  auto words = std::make_shared<QuantizeWords>();
  command->add_option("IN", words->in, "A GGUF file, best in F16, BF16 or F32")->required();
  command->add_option("OUT", words->out, "The file to write")->required();
  command->add_option("TYPE", words->type, "Q4_K_M, Q8_0, Q4_0, …")->required()->check([](const std::string& name) {
    return refusal([&] { formats::quantization_from_name(name); });
  });
  command
      ->add_option("--tensor-type", words->tensor_types,
                   "PATTERN=TYPE: another type for matrices whose name holds PATTERN (* for any characters), such as "
                   "ffn_down=Q6_K; may be repeated, the last that matches decides")
      ->check([](const std::string& text) { return refusal([&] { formats::format_override_from_text(text); }); });
  command->add_option("-t,--threads", words->threads, "Threads; 0: the physical cores this process may use")
      ->check(CLI::Range(0, 1024));
  command->callback([words] { quantize(*words); });
}

}  // namespace minnow::cli
