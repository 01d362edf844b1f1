#include "cli/merge_extract.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/output_path.hpp"
#include "cli/terminal.hpp"
#include "formats/extract_adapter.hpp"
#include "machine/cpu.hpp"

namespace minnow::cli {
namespace {

std::string as_text(const formats::ExtractedAdapter& found) {
  std::string text = fmt::format("{:<32} {:>5} {:>9} {:>9}\n", "matrix", "rank", "changed", "kept");
  for (const auto& matrix : found.matrices) {
    text += fmt::format("{:<32} {:>5} {:>8.3f}% {:>8.3f}%\n", matrix.tensor, matrix.rank, 100 * matrix.change,
                        100 * matrix.energy_share);
  }
  return text + fmt::format("\nthe adapter holds {:.3f}% of the difference of {} matrices (as sums of squares)\n",
                            100 * found.energy_share(), found.matrices.size());
}

std::string as_json(const formats::ExtractedAdapter& found) {
  nlohmann::ordered_json json{{"kept", found.energy_share()}};
  json["matrices"] = nlohmann::ordered_json::array();
  for (const auto& matrix : found.matrices) {
    json["matrices"].push_back(
        {{"name", matrix.tensor}, {"rank", matrix.rank}, {"change", matrix.change}, {"kept", matrix.energy_share}});
  }
  json["left_out"] = nlohmann::ordered_json::array();
  for (const auto& tensor : found.left_out)
    json["left_out"].push_back({{"name", tensor.tensor}, {"change", tensor.change}});
  return json.dump() + "\n";
}

void tell_of_left_out(const formats::ExtractedAdapter& found) {
  if (found.left_out.empty()) return;
  const auto most = std::ranges::max_element(found.left_out, {}, &formats::LeftOutTensor::change);
  const std::size_t others = found.left_out.size() - 1;
  note(fmt::format("lost, because an adapter can't carry it: the change of {} (by {:.3f}%){}", most->tensor,
                   100 * most->change, others == 0 ? "" : fmt::format(" and of {} smaller ones", others)));
}

}  // namespace

void extract(const ExtractWords& words) {
  require_other_file(words.out, {words.base, words.tuned});
  const auto base = formats::GgufFile::open(words.base), tuned = formats::GgufFile::open(words.tuned);
  ThreadPool pool(words.threads != 0 ? words.threads : machine::usable_cores());
  formats::ExtractedAdapter found;
  {
    ProgressBar bar("extracting");
    const auto progress = [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
    found = formats::extract_adapter(base, tuned, {.rank = words.rank, .progress = progress}, pool);
  }
  formats::write_adapter(words.out, found.adapter);
  tell_of_left_out(found);
  print(words.json ? as_json(found) : as_text(found));
}

}  // namespace minnow::cli
