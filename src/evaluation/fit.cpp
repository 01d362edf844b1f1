#include "evaluation/fit.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "formats/quantize_recipe.hpp"

namespace minnow::evaluation {
namespace {

constexpr std::size_t kFrontierPoints = 16;
constexpr std::size_t kMeasuredPoints = 5;
constexpr std::string_view kRecipes[] = {"Q2_K",   "Q3_K_S", "Q3_K_M", "Q3_K_L", "IQ4_XS", "IQ4_NL", "Q4_0", "Q4_1",
                                         "Q4_K_S", "Q4_K_M", "Q5_0",   "Q5_1",   "Q5_K_S", "Q5_K_M", "Q6_K", "Q8_0"};

// The mixes and recipes measured as a whole, after the groups: counted, so that a progress bar ends when the work does.
class WholeRuns {
 public:
  explicit WholeRuns(const SearchProgress& progress) : progress_(progress) {}

  SearchProgress of_groups() {
    return [this](std::size_t done, std::size_t total) {
      done_ = done;
      total_ = total + 1 + kMeasuredPoints + std::size(kRecipes);
      if (progress_) progress_(done_, total_);
    };
  }
  void one_more() {
    done_ = std::min(done_ + 1, total_ - 1);  // fewer may be measured than were foreseen
    if (progress_) progress_(done_, total_);
  }
  void finish() {
    if (progress_) progress_(total_, total_);
  }

 private:
  const SearchProgress& progress_;
  std::size_t done_ = 0, total_ = 0;
};

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

// Everything in a file but the tensors that get a format: metadata, norms, alignment. An upper bound.
std::uint64_t fixed_bytes(const formats::GgufFile& file) {
  constexpr std::uint64_t kNewKeys = 256, kAlignment = 32;
  std::uint64_t fixed = file.size_bytes() + kNewKeys + kAlignment * file.tensors().size();
  for (const formats::TensorInfo& tensor : file.tensors()) {
    if (formats::is_quantizable(tensor)) fixed -= std::min(fixed, tensor.size_bytes);
  }
  return fixed;
}

FitPoint recipe_point(QuantizationTrial& trial, std::string_view name, std::uint64_t fixed) {
  const auto choices = formats::choose_formats(formats::quantization_from_name(name), trial.file().metadata(),
                                               trial.file().tensors(), {.has_importance = trial.has_importance()});
  FitPoint point{.name = std::string(name), .file_bytes = fixed};
  std::vector<RoundedTensor> rounded;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const formats::TensorInfo& tensor = trial.file().tensors()[i];
    if (!formats::is_quantizable(tensor)) continue;
    point.file_bytes += tensor.n_rows() * numeric::row_bytes(choices[i].format, tensor.row_length());
    rounded.push_back({.tensor = i, .format = choices[i].format});
  }
  point.measured = trial.divergence(rounded);
  return point;
}

// Points of the frontier at even distances in size, the ends among them; some are measured.
std::vector<FitPoint> sample_frontier(QuantizationTrial& trial, const std::vector<TensorGroup>& groups,
                                      std::uint64_t fixed, WholeRuns& runs) {
  const std::vector<Mix> mixes = frontier_of(groups);
  const double low = static_cast<double>(mixes.front().size_bytes), high = static_cast<double>(mixes.back().size_bytes);
  std::vector<FitPoint> points;
  for (std::size_t i = 0; i < kFrontierPoints; ++i) {
    const double wanted = low + (high - low) * static_cast<double>(i) / (kFrontierPoints - 1);
    const auto mix = std::ranges::lower_bound(mixes, wanted, {},
                                              [](const Mix& each) { return static_cast<double>(each.size_bytes); });
    if (mix == mixes.end() || (!points.empty() && points.back().file_bytes == fixed + mix->size_bytes)) continue;
    FitPoint point{.file_bytes = fixed + mix->size_bytes, .expected = mix->expected};
    const bool is_measured = i % ((kFrontierPoints - 1) / (kMeasuredPoints - 2)) == 0;
    if (is_measured) {
      point.measured = trial.divergence(tensors_of(groups, *mix));
      runs.one_more();
    }
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace

FitReport fit(QuantizationTrial& trial, const FitRequest& request, const SearchProgress& progress) {
  const std::uint64_t fixed = fixed_bytes(trial.file());
  FitReport report;
  report.plan = models::plan_memory(trial.spec(), 0, request.context, request.batch_tokens, kernels::CacheType::f16);
  report.budget_bytes = request.budget_bytes;
  report.context = request.context;
  report.scored_tokens = trial.scored_tokens();

  const std::uint64_t smallest = smallest_size_bytes(trial.file());
  const std::uint64_t others = report.plan.total_bytes() + fixed;
  if (request.budget_bytes < others + smallest) {
    fail(ErrorCode::invalid_input,
         "no mix of formats fits {:.1f} MB: the smallest file takes {:.1f} MB, and a context of {} tokens {:.1f} MB "
         "beside it",
         megabytes(request.budget_bytes), megabytes(fixed + smallest), request.context,
         megabytes(report.plan.total_bytes()));
  }
  WholeRuns runs(progress);
  const std::vector<TensorGroup> groups = measure_groups(trial, runs.of_groups());
  const auto mix = best_mix(groups, request.budget_bytes - others);
  if (!mix) fail(ErrorCode::internal, "the smallest mix is larger than it was said to be");
  report.chosen = tensors_of(groups, *mix);
  report.best = {.file_bytes = fixed + mix->size_bytes, .expected = mix->expected};
  report.best.measured = trial.divergence(report.chosen);
  runs.one_more();
  report.plan.weights_bytes = report.best.file_bytes;
  report.frontier = sample_frontier(trial, groups, fixed, runs);
  for (const std::string_view name : kRecipes) {
    FitPoint point = recipe_point(trial, name, fixed);
    runs.one_more();
    if (point.file_bytes < trial.file().size_bytes()) report.recipes.push_back(std::move(point));
  }
  runs.finish();
  return report;
}

}  // namespace minnow::evaluation
