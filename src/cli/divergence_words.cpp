#include "cli/divergence_words.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/model_argument.hpp"
#include "cli/passage_options.hpp"
#include "evaluation/reference_file.hpp"
#include "minnow/minnow.hpp"

namespace minnow::cli {
void add_comparison_options(CLI::App& command, ComparisonWords& words) {
  command.add_option("-f,--file", words.text_file, "The text, UTF-8; not needed with a file of predictions");
  add_passage_options(command, words.passages);
  command.add_option("--score-after", words.passages.score_after,
                     "Compare only what comes after this in each document, such as the answers");
  add_model_options(command, words.load);
}

std::unique_ptr<evaluation::Reference> open_reference(const ComparisonWords& words) {
  if (evaluation::is_reference_file(words.reference)) {
    if (!words.text_file.empty() || words.passages != evaluation::PassageOptions{}) {
      throw CLI::ValidationError(words.reference +
                                 " holds the tokens it was made with; leave out --file and how to cut it");
    }
    return std::make_unique<evaluation::FileReference>(evaluation::FileReference::open(words.reference));
  }
  if (words.text_file.empty()) throw CLI::ValidationError("a model as the reference needs a text: --file");
  const std::string text = read_file(words.text_file);
  return std::make_unique<evaluation::ModelReference>(load_model(words.reference, words.load), text, words.passages);
}

nlohmann::ordered_json divergence_json(const evaluation::Divergence& result) {
  return {{"mean", result.mean},
          {"mean_error", result.mean_error},
          {"median", result.median},
          {"p90", result.p90},
          {"p99", result.p99},
          {"maximum", result.maximum},
          {"same_top", result.same_top},
          {"same_top_error", result.same_top_error},
          {"rms_probability_change", result.rms_probability_change},
          {"reference_perplexity", result.reference_perplexity},
          {"perplexity", result.perplexity},
          {"perplexity_ratio", result.perplexity_ratio},
          {"perplexity_ratio_error", result.perplexity_ratio_error},
          {"tokens", result.tokens},
          {"chunks", result.chunks}};
}

std::string divergence_text(const evaluation::Divergence& result) {
  return fmt::format(
      "KL divergence     mean {:.6f} +/- {:.6f} nats, median {:.6f}, 90% {:.6f}, 99% {:.6f}, largest {:.4f}\n"
      "likeliest token   the same for {:.2f} +/- {:.2f}% of {} tokens\n"
      "perplexity        {:.4f}, the reference's {:.4f}: ratio {:.5f} +/- {:.5f}\n"
      "probability       of the text's tokens changed by {:.4f} (root mean square)\n",
      result.mean, result.mean_error, result.median, result.p90, result.p99, result.maximum, 100 * result.same_top,
      100 * result.same_top_error, result.tokens, result.perplexity, result.reference_perplexity,
      result.perplexity_ratio, result.perplexity_ratio_error, result.rms_probability_change);
}

}  // namespace minnow::cli
