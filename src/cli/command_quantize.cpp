// minnow quantize IN OUT TYPE: the same model in fewer bits; or IN OUT --fit BYTES|DEVICE: in as many as fit.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "cli/commands.hpp"
#include "cli/memory_size.hpp"
#include "cli/output_path.hpp"
#include "cli/quantize_fit.hpp"
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
  std::string importance;
  FitWords fit;
  std::size_t threads = 0;
};

// Matrices the importance file says nothing about are rounded as if there were none.
void note_unknown(const formats::GgufFile& source, const formats::Importance& importance) {
  std::size_t unknown = 0;
  for (const formats::TensorInfo& tensor : source.tensors()) {
    unknown += formats::is_quantizable(tensor) && !importance.tensors().contains(tensor.name) ? 1 : 0;
  }
  if (unknown > 0) note(fmt::format("the importance file knows nothing of {} of this model's matrices", unknown));
}

void quantize_by_recipe(const QuantizeWords& words, const formats::Importance* importance, ThreadPool& pool) {
  const auto& quantization = formats::quantization_from_name(words.type);
  formats::RecipeOptions recipe{.has_importance = importance != nullptr};
  for (const std::string& text : words.tensor_types) {
    recipe.overrides.push_back(formats::format_override_from_text(text));
  }
  const auto source = formats::GgufFile::open(words.in);
  const auto choices = formats::choose_formats(quantization, source.metadata(), source.tensors(), recipe);
  for (const std::string& sentence : formats::describe_fallbacks(source.tensors(), choices)) note(sentence);
  if (importance != nullptr) note_unknown(source, *importance);
  ProgressBar bar("quantizing");
  formats::quantize(source, words.out, choices, quantization.file_type, pool,
                    {.importance = importance,
                     .progress = [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); }});
}

void quantize(const QuantizeWords& words) {
  for (const std::string& out : {words.out, words.fit.svg}) {
    require_other_file(out, {words.in, words.importance, words.fit.text_file});
  }
  std::optional<formats::Importance> read;
  if (!words.importance.empty()) read = formats::Importance::read(words.importance);
  const formats::Importance* importance = read ? &*read : nullptr;
  ThreadPool pool(words.threads != 0 ? words.threads : machine::usable_cores());
  if (words.fit.budget.empty()) {
    quantize_by_recipe(words, importance, pool);
  } else {
    quantize_to_fit(words.in, words.out, words.fit, importance, pool);
  }
  note(fmt::format("{}: {:.1f} MB, was {:.1f} MB", words.out,
                   static_cast<double>(std::filesystem::file_size(words.out)) / 1e6,
                   static_cast<double>(formats::GgufFile::open(words.in).size_bytes()) / 1e6));
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

void add_fit_options(CLI::App& command, FitWords& fit, CLI::Option& type) {
  CLI::Option* budget =
      command
          .add_option("--fit", fit.budget,
                      "Instead of TYPE: memory for file, context and scratch together (900MB, 1.5GB), or a device "
                      "(raspberry-pi-5-8gb); measures which type each tensor should have")
          ->check([](const std::string& text) { return refusal([&] { memory_size_from_text(text); }); })
          ->excludes(&type);
  const auto only_with_fit = [&](CLI::Option* option) { return option->needs(budget); };
  CLI::Option* text = only_with_fit(command.add_option("-f,--file", fit.text_file, "The text to measure on, UTF-8"));
  budget->needs(text);
  only_with_fit(command.add_option("-c,--ctx-size", fit.context, "The context that must fit, in tokens"))
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 27));
  only_with_fit(command.add_option("--measure-tokens", fit.passages.context, "Tokens per measured chunk or document"))
      ->capture_default_str()
      ->check(CLI::Range(3, 1 << 16));
  only_with_fit(command.add_option("--chunks", fit.passages.chunks, "How many chunks or documents; 0: all"))
      ->capture_default_str();
  only_with_fit(command.add_option("--separator", fit.passages.separator, "The text is documents parted by this"));
  only_with_fit(command.add_option("--score-after", fit.passages.score_after,
                                   "Measure only what comes after this in each document, such as the answers"));
  only_with_fit(command.add_option("--svg", fit.svg, "Draw size against divergence into this file"));
}

}  // namespace

void add_quantize(CLI::App& app) {
  CLI::App* command = app.add_subcommand("quantize", "Rewrite a GGUF file in fewer bits");
  auto words = std::make_shared<QuantizeWords>();
  command->add_option("IN", words->in, "A GGUF file, best in F16, BF16 or F32")->required();
  command->add_option("OUT", words->out, "The file to write")->required();
  CLI::Option* type =
      command->add_option("TYPE", words->type, "Q4_K_M, Q8_0, Q4_0, …")->check([](const std::string& name) {
        return refusal([&] { formats::quantization_from_name(name); });
      });
  command
      ->add_option("--tensor-type", words->tensor_types,
                   "PATTERN=TYPE: another type for matrices whose name holds PATTERN (* for any characters), such as "
                   "ffn_down=Q6_K; may be repeated, the last that matches decides")
      ->allow_extra_args(false)
      ->needs(type)
      ->check([](const std::string& text) { return refusal([&] { formats::format_override_from_text(text); }); });
  command->add_option(
      "--importance", words->importance,
      "Weigh rounding errors by this file of minnow eval importance (or another imatrix, GGUF or .dat)");
  add_fit_options(*command, words->fit, *type);
  command->add_option("-t,--threads", words->threads, "Threads; 0: the physical cores this process may use")
      ->check(CLI::Range(0, 1024));
  command->callback([words] {
    if (words->type.empty() && words->fit.budget.empty()) {
      throw CLI::RequiredError("TYPE (such as Q4_K_M) or --fit");
    }
    quantize(*words);
  });
}

}  // namespace minnow::cli
