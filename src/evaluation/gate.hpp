// The decision whether a candidate may take a reference's place: measured figures, their limits, and a verdict.
//
//   Gate gate;
//   gate.at_most("KL divergence, mean", result.mean, result.mean_error, 0.05);
//   if (!gate.passed()) std::cerr << gate.refusal();
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/divergence.hpp"
#include "evaluation/task_score.hpp"

namespace minnow::evaluation {

struct GateCheck {
  std::string figure;
  double value = 0, error = 0;  // one standard error; 0: none
  double limit = 0;
  bool at_most = true;  // else at least

  // A figure that is no number never holds.
  bool holds() const { return at_most ? value <= limit : value >= limit; }
};

class Gate {
 public:
  void at_most(std::string figure, double value, double error, double limit);
  void at_least(std::string figure, double value, double error, double limit);

  const std::vector<GateCheck>& checks() const { return checks_; }
  bool passed() const;
  // One sentence that names every figure past its limit; empty when there is none.
  std::string refusal() const;

 private:
  std::vector<GateCheck> checks_;
};

struct GateSubject {
  std::string name, sha256;
  std::uint64_t bytes = 0;
};

struct GateTask {
  std::string name;  // of its file
  std::size_t shots = 0;
  std::vector<TaskScore> scores;
};

// What the page tells beside the verdict.
struct GateFindings {
  GateSubject candidate;
  std::optional<GateSubject> reference{};
  std::optional<Divergence> divergence{};
  std::optional<GateTask> task{};
};

// One page of HTML that needs nothing else: verdict, figures beside their limits, scores of the task, and how the
// divergence is spread.
std::string gate_html(const Gate& gate, const GateFindings& findings);

}  // namespace minnow::evaluation
