#include "evaluation/task_score.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "evaluation/number_match.hpp"
#include "evaluation/slot_match.hpp"
#include "text/jinja_text.hpp"

namespace minnow::evaluation {
namespace {

constexpr double kZ = 1.959963984540054;  // of the normal distribution, 2.5% lie beyond

std::size_t largest(std::span<const double> values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

double point(bool right) { return right ? 1 : 0; }

TaskDecision decide_choice(const TaskItem& item, const std::vector<double>& sums) {
  const auto is_number = [](double value) { return std::isfinite(value); };
  if (sums.size() != item.choices.size() || !std::all_of(sums.begin(), sums.end(), is_number)) {
    fail(ErrorCode::invalid_input, "a question with {} choices can't be decided by {} log-likelihoods",
         item.choices.size(), std::count_if(sums.begin(), sums.end(), is_number));
  }
  std::vector<double> per_character(sums);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    per_character[i] /= static_cast<double>(text::jinja::count_code_points(item.choices[i]));
  }
  const std::size_t choice = largest(sums), choice_norm = largest(per_character);
  return {.numbers = {{"choice", choice}, {"choice_norm", choice_norm}},
          .points = {{"acc", point(choice == item.answer)}, {"acc_norm", point(choice_norm == item.answer)}}};
}

TaskDecision decide_number(const TaskItem& item, const std::string& text) {
  const std::string strict = strict_number(text), flexible = last_number(text);
  return {.extracted = {{"strict", strict}, {"flexible", flexible}},
          .points = {{"exact_match_strict", point(same_number(strict, item.target))},
                     {"exact_match_flexible", point(same_number(flexible, item.target))}}};
}

TaskDecision decide_intent(const TaskItem& item, const std::string& text) {
  const SlotMatch match = match_slots(text, item.target);
  const auto found = static_cast<double>(2 * match.found);
  const double of = found + static_cast<double>(match.missed + match.invented);
  return {.numbers = {{"slots_found", match.found}, {"slots_missed", match.missed}, {"slots_invented", match.invented}},
          .points = {{"exact_match", point(match.same_all)},
                     {"intent_acc", point(match.same_intent)},
                     {"slot_f1", found, of, false}}};
}

// Of the mean of n points that are 0 or 1.
void add_wilson_interval(TaskScore& score) {
  const auto n = static_cast<double>(score.n);
  const double spread = kZ * kZ / n;
  const double center = (score.value + spread / 2) / (1 + spread);
  const double half = kZ / (1 + spread) * std::sqrt(score.value * (1 - score.value) / n + spread / (4 * n));
  score.low = std::max(0.0, center - half);
  score.high = std::min(1.0, center + half);
}

void add_normal_interval(TaskScore& score) {
  score.low = std::max(0.0, score.value - kZ * score.standard_error);
  score.high = std::min(1.0, score.value + kZ * score.standard_error);
}

// A ratio of sums and its standard error by linearization (Cochran 1977, 2.11); of a mean both are the usual ones.
TaskScore score_of(std::span<const TaskDecision> decisions, std::size_t index) {
  TaskScore score{.name = decisions[0].points[index].score, .n = decisions.size()};
  double right = 0, of = 0, squares = 0;
  for (const TaskDecision& decision : decisions) {
    right += decision.points[index].right;
    of += decision.points[index].of;
  }
  score.value = of > 0 ? right / of : 1;  // no slots to find, and none found
  for (const TaskDecision& decision : decisions) {
    const double residual = decision.points[index].right - score.value * decision.points[index].of;
    squares += residual * residual;
  }
  const auto n = static_cast<double>(decisions.size());
  if (n > 1 && of > 0) score.standard_error = std::sqrt(squares * n / (n - 1)) / of;
  decisions[0].points[index].is_share ? add_wilson_interval(score) : add_normal_interval(score);
  return score;
}

}  // namespace

TaskDecision decide(TaskKind kind, const TaskItem& item, const TaskAnswer& answer) {
  if (kind == TaskKind::gsm8k) return decide_number(item, answer.text);
  if (kind == TaskKind::intent) return decide_intent(item, answer.text);
  return decide_choice(item, answer.log_likelihoods);
}

std::vector<TaskScore> task_scores(std::span<const TaskDecision> decisions) {
  std::vector<TaskScore> scores;
  for (std::size_t i = 0; i < decisions[0].points.size(); ++i) scores.push_back(score_of(decisions, i));
  return scores;
}

}  // namespace minnow::evaluation
