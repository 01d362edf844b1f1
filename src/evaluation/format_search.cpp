#include "evaluation/format_search.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "formats/quantize_recipe.hpp"

namespace minnow::evaluation {
namespace {

using numeric::Format;

constexpr Format kCandidates[] = {Format::q2_k, Format::q3_k, Format::iq4_xs, Format::q4_k,
                                  Format::q5_k, Format::q6_k, Format::q8_0};

// Matrices that read the same values and have the same part in a layer go together; values are apart from queries and
// keys, because errors in them are not softened by the softmax.
std::string group_name(const std::string& tensor) {
  constexpr std::pair<std::string_view, std::string_view> kTogether[] = {{".attn_q.", ".attn_q+k"},
                                                                         {".attn_k.", ".attn_q+k"},
                                                                         {".ffn_gate.", ".ffn_gate+up"},
                                                                         {".ffn_up.", ".ffn_gate+up"}};
  for (const auto& [part, name] : kTogether) {
    const std::size_t found = tensor.find(part);
    if (found != std::string::npos) return tensor.substr(0, found) + std::string(name);
  }
  return tensor.substr(0, tensor.rfind('.'));
}

std::vector<TensorGroup> groups_of(const formats::GgufFile& file) {
  std::vector<TensorGroup> groups;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < file.tensors().size(); ++i) {
    if (!formats::is_quantizable(file.tensors()[i])) continue;
    const std::string name = group_name(file.tensors()[i].name);
    const auto [place, is_new] = places.emplace(name, groups.size());
    if (is_new) groups.push_back({.name = name, .tensors = {}, .options = {}});
    groups[place->second].tensors.push_back(i);
  }
  return groups;
}

FormatOption option_of(const formats::GgufFile& file, const TensorGroup& group, std::optional<Format> wanted) {
  FormatOption option{.formats = {}, .size_bytes = 0, .divergence = 0};
  for (const std::size_t index : group.tensors) {
    const formats::TensorInfo& tensor = file.tensors()[index];
    const Format format = wanted ? formats::fitting_format(*wanted, tensor.row_length()) : tensor.format;
    option.formats.push_back(format);
    option.size_bytes += tensor.n_rows() * numeric::row_bytes(format, tensor.row_length());
  }
  return option;
}

// What a group may become: smaller than it is, or as it is; each set of formats once.
std::vector<FormatOption> options_of(const formats::GgufFile& file, const TensorGroup& group) {
  const FormatOption as_it_is = option_of(file, group, {});
  std::vector<FormatOption> options;
  for (const Format format : kCandidates) {
    FormatOption option = option_of(file, group, format);
    const bool is_known =
        std::ranges::any_of(options, [&](const auto& each) { return each.formats == option.formats; });
    if (!is_known && option.size_bytes < as_it_is.size_bytes) options.push_back(std::move(option));
  }
  options.push_back(as_it_is);
  std::ranges::stable_sort(options, {}, &FormatOption::size_bytes);
  return options;
}

double loss_per_byte(const FormatOption& from, const FormatOption& to) {
  return (from.divergence - to.divergence) / static_cast<double>(to.size_bytes - from.size_bytes);
}

// Leaves the options that are the best for some exchange rate between bytes and divergence: from each the next is the
// one that gains the most per byte.
void keep_convex_hull(std::vector<FormatOption>& options) {
  std::vector<FormatOption> hull;
  std::size_t at = 0;
  for (std::size_t i = 1; i < options.size(); ++i) {  // the smallest; of several as small the best
    if (options[i].size_bytes == options[at].size_bytes && options[i].divergence < options[at].divergence) at = i;
  }
  hull.push_back(options[at]);
  while (true) {
    std::optional<std::size_t> next;
    for (std::size_t i = at + 1; i < options.size(); ++i) {
      if (options[i].size_bytes == hull.back().size_bytes || options[i].divergence >= hull.back().divergence) continue;
      if (!next || loss_per_byte(hull.back(), options[i]) >= loss_per_byte(hull.back(), options[*next])) next = i;
    }
    if (!next) break;
    at = *next;
    hull.push_back(options[at]);
  }
  options = std::move(hull);
}

struct Step {
  std::size_t group;
  std::size_t option;  // the one it leads to
  double gain_per_byte;
};

// Best first. A group's own steps keep their order, because its hull is convex.
std::vector<Step> steps_of(const std::vector<TensorGroup>& groups) {
  std::vector<Step> steps;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const auto& options = groups[group].options;
    for (std::size_t i = 1; i < options.size(); ++i) {
      steps.push_back({.group = group, .option = i, .gain_per_byte = loss_per_byte(options[i - 1], options[i])});
    }
  }
  std::ranges::stable_sort(steps, std::greater<>(), &Step::gain_per_byte);
  return steps;
}

Mix smallest_mix(const std::vector<TensorGroup>& groups) {
  Mix mix{.chosen = std::vector<std::size_t>(groups.size())};
  for (const TensorGroup& group : groups) {
    mix.size_bytes += group.options[0].size_bytes;
    mix.expected += group.options[0].divergence;
  }
  return mix;
}

void take(const std::vector<TensorGroup>& groups, const Step& step, Mix& mix) {
  const FormatOption& from = groups[step.group].options[mix.chosen[step.group]];
  const FormatOption& to = groups[step.group].options[step.option];
  mix.chosen[step.group] = step.option;
  mix.size_bytes += to.size_bytes - from.size_bytes;
  mix.expected -= from.divergence - to.divergence;
}

}  // namespace

std::vector<TensorGroup> measure_groups(QuantizationTrial& trial, const SearchProgress& progress) {
  std::vector<TensorGroup> groups = groups_of(trial.file());
  std::size_t total = 0;
  for (TensorGroup& group : groups) {
    group.options = options_of(trial.file(), group);
    total += group.options.size();
  }
  std::size_t done = 0;
  for (TensorGroup& group : groups) {
    for (FormatOption& option : group.options) {
      std::vector<RoundedTensor> rounded;
      for (std::size_t i = 0; i < group.tensors.size(); ++i) {
        if (trial.file().tensors()[group.tensors[i]].format == option.formats[i]) continue;
        rounded.push_back({.tensor = group.tensors[i], .format = option.formats[i]});
      }
      if (!rounded.empty()) option.divergence = trial.divergence(rounded);
      if (progress) progress(++done, total);
    }
    keep_convex_hull(group.options);
  }
  return groups;
}

std::uint64_t smallest_size_bytes(const formats::GgufFile& file) {
  std::uint64_t size = 0;
  for (const TensorGroup& group : groups_of(file)) size += options_of(file, group).front().size_bytes;
  return size;
}

std::vector<Mix> frontier_of(const std::vector<TensorGroup>& groups) {
  std::vector<Mix> frontier{smallest_mix(groups)};
  for (const Step& step : steps_of(groups)) {
    frontier.push_back(frontier.back());
    take(groups, step, frontier.back());
  }
  return frontier;
}

std::optional<Mix> best_mix(const std::vector<TensorGroup>& groups, std::uint64_t budget_bytes) {
  Mix mix = smallest_mix(groups);
  if (mix.size_bytes > budget_bytes) return std::nullopt;
  std::vector<bool> is_closed(groups.size());  // a step of this group was too large
  for (const Step& step : steps_of(groups)) {
    const auto& options = groups[step.group].options;
    const std::uint64_t more = options[step.option].size_bytes - options[step.option - 1].size_bytes;
    is_closed[step.group] = is_closed[step.group] || mix.size_bytes + more > budget_bytes;
    if (!is_closed[step.group]) take(groups, step, mix);
  }
  return mix;
}

std::vector<RoundedTensor> tensors_of(const std::vector<TensorGroup>& groups, const Mix& mix) {
  std::vector<RoundedTensor> tensors;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const FormatOption& option = groups[group].options[mix.chosen[group]];
    for (std::size_t i = 0; i < option.formats.size(); ++i) {
      tensors.push_back({.tensor = groups[group].tensors[i], .format = option.formats[i]});
    }
  }
  return tensors;
}

}  // namespace minnow::evaluation
