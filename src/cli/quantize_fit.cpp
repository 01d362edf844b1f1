#include "cli/quantize_fit.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/memory_size.hpp"
#include "cli/terminal.hpp"
#include "formats/quantize.hpp"

namespace minnow::cli {
namespace {

// The recipe whose own format most of the chosen bytes have: what general.file_type will say.
std::uint32_t file_type_of(const formats::GgufFile& file, std::span<const evaluation::RoundedTensor> chosen) {
  std::map<numeric::Format, std::uint64_t> values;
  for (const auto& [index, format] : chosen) {
    values[format] += file.tensors()[index].n_rows() * file.tensors()[index].row_length();
  }
  const auto most = std::ranges::max_element(values, {}, [](const auto& each) { return each.second; });
  return formats::file_type_of(most == values.end() ? numeric::Format::f32 : most->first);
}

std::vector<formats::FormatChoice> choices_of(const formats::GgufFile& file,
                                              std::span<const evaluation::RoundedTensor> chosen) {
  std::vector<formats::FormatChoice> choices;
  for (const formats::TensorInfo& tensor : file.tensors()) {
    choices.push_back({.format = tensor.format, .wanted = tensor.format});
  }
  for (const auto& [index, format] : chosen) choices[index] = {.format = format, .wanted = format};
  return choices;
}

// A path that can't be written is refused before minutes of measuring.
void require_writable(const std::filesystem::path& path) { const AtomicFile probe(path); }

}  // namespace

void quantize_to_fit(const std::string& in, const std::string& out, const FitWords& words,
                     const formats::Importance* importance, ThreadPool& pool) {
  const std::uint64_t budget = memory_size_from_text(words.budget);
  const std::string text = read_file(words.text_file);
  require_writable(out);
  if (!words.svg.empty()) require_writable(words.svg);
  evaluation::QuantizationTrial trial(in, text, words.passages, importance, pool);
  evaluation::FitReport report;
  {
    ProgressBar bar("measuring");
    report = evaluation::fit(trial, {.budget_bytes = budget, .context = words.context},
                             [&](std::size_t done, std::size_t total) { bar.update(done, total); });
  }
  print(evaluation::fit_text(report));
  if (!words.svg.empty()) {
    write_file(words.svg, evaluation::fit_svg(report, std::filesystem::path(in).filename().string()));
  }
  ProgressBar bar("quantizing");
  formats::quantize(trial.file(), out, choices_of(trial.file(), report.chosen),
                    file_type_of(trial.file(), report.chosen), pool,
                    {.importance = importance,
                     .progress = [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); }});
}

}  // namespace minnow::cli
