// minnow prune IN OUT -f TEXT: the same model without the layers, heads or channels that do the least on a text.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/divergence_words.hpp"
#include "cli/model_argument.hpp"
#include "cli/output_path.hpp"
#include "cli/passage_options.hpp"
#include "cli/terminal.hpp"
#include "evaluation/divergence.hpp"
#include "evaluation/prune.hpp"
#include "machine/cpu.hpp"
#include "models/spec_reader.hpp"

namespace minnow::cli {
namespace {

struct PruneWords {
  std::string in, out;
  std::string text_file, test_file;
  std::string channels;  // a number, or a share of them: "0.25", "25%"
  evaluation::PruneRequest request;
  evaluation::PassageOptions passages{.chunks = 16};
  ModelOptions load;
  bool json = false;
};

// What was done and what it cost.
struct PruneResult {
  evaluation::PartImportance importance;
  evaluation::KeptParts kept;
  std::uint64_t bytes_before = 0, bytes_after = 0;
  evaluation::Divergence loss;
};

void read_channels(const std::string& text, evaluation::PruneRequest& request) {
  if (text.empty()) return;
  const bool is_percent = text.back() == '%';
  double number = 0;
  const bool is_number = CLI::detail::lexical_cast(is_percent ? text.substr(0, text.size() - 1) : text, number);
  const double share = is_percent ? number / 100 : number;
  if (is_number && share > 0 && share < 1) {
    request.channel_share = share;
  } else if (is_number && !is_percent && number >= 1 && number < 1e9 && number == std::floor(number)) {
    request.channels = static_cast<std::size_t>(number);
  } else {
    throw CLI::ValidationError("--ffn takes how many channels (1024) or which share of them (0.25, 25%), not " + text);
  }
}

double share_lost(const std::vector<std::vector<double>>& importance, const std::vector<std::vector<std::size_t>>& kept,
                  const std::vector<std::size_t>& layers) {
  double all = 0, stays = 0;
  for (const std::size_t layer : layers) {
    for (const double part : importance[layer]) all += part;
    for (const std::size_t part : kept[layer]) stays += importance[layer][part];
  }
  return all > 0 ? 1 - stays / all : 0;
}

std::vector<std::size_t> removed_layers(const PruneResult& result) {
  std::vector<std::size_t> removed;
  for (std::size_t i = 0; i < result.importance.layers.size(); ++i) {
    if (std::ranges::find(result.kept.layers, i) == result.kept.layers.end()) removed.push_back(i);
  }
  return removed;
}

std::string parts_text(std::string_view what, const std::vector<std::vector<double>>& importance,
                       const std::vector<std::vector<std::size_t>>& kept, const std::vector<std::size_t>& layers) {
  if (kept.empty()) return {};
  return fmt::format("{:<18}{} of {} removed from each layer; they did {:.3f}% of what all do (mean squares)\n", what,
                     importance.front().size() - kept.front().size(), importance.front().size(),
                     100 * share_lost(importance, kept, layers));
}

std::string as_text(const PruneResult& result) {
  const auto& [importance, kept, before, after, loss] = result;
  std::string text;
  for (const std::size_t layer : removed_layers(result)) {
    text += fmt::format("layer {:<12}removed; its influence was {:.4f}\n", layer, importance.layers[layer]);
  }
  text += parts_text("groups of heads", importance.head_groups, kept.head_groups, kept.layers);
  text += parts_text("channels", importance.channels, kept.channels, kept.layers);
  text += fmt::format("size              {:.2f} MB, before {:.2f}: {:.1f}% less\n", static_cast<double>(after) / 1e6,
                      static_cast<double>(before) / 1e6,
                      100 * (1 - static_cast<double>(after) / static_cast<double>(before)));
  return text + divergence_text(loss);
}

std::string as_json(const PruneResult& result) {
  nlohmann::ordered_json json{{"layer_influence", result.importance.layers},
                              {"removed_layers", removed_layers(result)}};
  const auto add = [&](const char* key, const auto& all, const auto& stay) {
    if (stay.empty()) return;
    json[key] = {{"before", all.front().size()},
                 {"after", stay.front().size()},
                 {"share_lost", share_lost(all, stay, result.kept.layers)}};
  };
  add("head_groups", result.importance.head_groups, result.kept.head_groups);
  add("channels", result.importance.channels, result.kept.channels);
  json["size_bytes"] = {{"before", result.bytes_before}, {"after", result.bytes_after}};
  json["divergence"] = divergence_json(result.loss);
  return json.dump() + "\n";
}

evaluation::KeptParts choose(const PruneWords& words, const Model& model, const evaluation::PruneSize& size,
                             evaluation::PartImportance& importance) {
  ProgressBar bar("listening");
  const auto progress = [&](std::size_t done, std::size_t total) { bar.update(done, total); };
  importance =
      evaluation::measure_parts(model, read_file(words.text_file), {.passages = words.passages, .progress = progress});
  return choose_parts(size, importance);
}

void write(const PruneWords& words, const formats::GgufFile& file, const models::DecoderSpec& spec,
           const evaluation::KeptParts& kept) {
  for (const std::string& sentence : evaluation::describe_rounding(file, evaluation::cuts_of(file, spec, kept)))
    note(sentence);
  ThreadPool pool(words.load.threads != 0 ? words.load.threads : machine::usable_cores());
  ProgressBar bar("writing");
  evaluation::prune(file, spec, kept, words.out, pool,
                    [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); });
}

evaluation::Divergence measure_loss(const PruneWords& words, const Model& model) {
  const Model pruned = load_model(words.out, words.load);
  ProgressBar bar("measuring");
  const auto progress = [&](std::size_t done, std::size_t total) { bar.update(done, total); };
  const std::string text = read_file(words.test_file.empty() ? words.text_file : words.test_file);
  return evaluation::divergence(model, pruned, text, {.passages = words.passages, .progress = progress});
}

void prune(PruneWords words) {
  read_channels(words.channels, words.request);
  require_other_file(words.out, {words.in, words.text_file, words.test_file});
  if (words.load.pack_dir.empty()) words.load.pack_dir = "off";  // both are read once
  const auto file = formats::GgufFile::open(words.in);
  const models::DecoderSpec spec = models::read_spec(file);
  const evaluation::PruneSize size = prune_size(file, spec, words.request);
  for (const std::string& sentence : size.notes) note(sentence);
  const Model model = load_model(words.in, words.load);
  PruneResult result;
  result.kept = choose(words, model, size, result.importance);
  write(words, file, spec, result.kept);
  result.bytes_before = file.size_bytes();
  result.bytes_after = std::filesystem::file_size(words.out);
  result.loss = measure_loss(words, model);
  print(words.json ? as_json(result) : as_text(result));
}

}  // namespace

void add_prune(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "prune", "Remove the layers, heads or feed-forward channels that do the least on a text, and say what it cost");
  auto words = std::make_shared<PruneWords>();
  command->add_option("IN", words->in, "A GGUF file, best in F16, BF16 or F32")->required();
  command->add_option("OUT", words->out, "The file to write")->required();
  command->add_option("-f,--file", words->text_file, "The text, UTF-8, like what the model will read")->required();
  command->add_option("--layers", words->request.layers, "How many layers to remove")->check(CLI::Range(0, 1 << 20));
  command
      ->add_option("--heads", words->request.heads,
                   "How many query heads to remove from each layer; a multiple of those that share a key")
      ->check(CLI::Range(0, 1 << 20));
  command->add_option("--ffn", words->channels,
                      "How many feed-forward channels to remove from each layer (1024), or which share (0.25, 25%)");
  command->add_option("--test-file", words->test_file, "Another text to measure the loss on");
  add_passage_options(*command, words->passages);
  command->add_flag("--json", words->json, "Print one JSON object");
  add_model_options(*command, words->load);
  command->callback([words] { prune(*words); });
}

}  // namespace minnow::cli
