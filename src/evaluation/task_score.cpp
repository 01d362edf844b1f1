#include "evaluation/task_score.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "text/jinja_text.hpp"

namespace minnow::evaluation {
namespace {

std::size_t largest(std::span<const double> values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

void add_wilson_interval(TaskScore& score) {
  constexpr double kZ = 1.959963984540054;  // of the normal distribution, 2.5% lie beyond
  const auto n = static_cast<double>(score.n);
  const double spread = kZ * kZ / n;
  const double center = (score.value + spread / 2) / (1 + spread);
  const double half = kZ / (1 + spread) * std::sqrt(score.value * (1 - score.value) / n + spread / (4 * n));
  score.low = std::max(0.0, center - half);
  score.high = std::min(1.0, center + half);
}

}  // namespace

TaskDecision decide(const TaskItem& item, const TaskAnswer& answer) {
  const std::vector<double>& sums = answer.log_likelihoods;
  const auto is_number = [](double value) { return std::isfinite(value); };
  if (sums.size() != item.choices.size() || !std::all_of(sums.begin(), sums.end(), is_number)) {
    fail(ErrorCode::invalid_input, "a question with {} choices can't be decided by {} log-likelihoods",
         item.choices.size(), std::count_if(sums.begin(), sums.end(), is_number));
  }
  std::vector<double> per_character(sums);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    per_character[i] /= static_cast<double>(text::jinja::count_code_points(item.choices[i]));
  }
  TaskDecision decision{.choice = largest(sums), .choice_norm = largest(per_character), .points = {}};
  decision.points = {{"acc", decision.choice == item.answer ? 1 : 0},
                     {"acc_norm", decision.choice_norm == item.answer ? 1 : 0}};
  return decision;
}

std::vector<TaskScore> task_scores(std::span<const TaskDecision> decisions) {
  std::vector<TaskScore> scores;
  const auto n = static_cast<double>(decisions.size());
  for (std::size_t i = 0; i < decisions[0].points.size(); ++i) {
    TaskScore score{.name = decisions[0].points[i].first, .n = decisions.size()};
    for (const TaskDecision& decision : decisions) score.value += decision.points[i].second / n;
    double squares = 0;
    for (const TaskDecision& decision : decisions) {
      const double distance = decision.points[i].second - score.value;
      squares += distance * distance;
    }
    if (decisions.size() > 1) score.stderr_mean = std::sqrt(squares / (n - 1) / n);
    add_wilson_interval(score);
    scores.push_back(score);
  }
  return scores;
}

}  // namespace minnow::evaluation
