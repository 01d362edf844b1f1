// The decision whether a candidate may take a reference's place: measured figures, their limits, and a verdict.
//
//   Gate gate;
//   gate.at_most("KL divergence, mean", result.mean, result.mean_error, 0.05);
//   if (!gate.passed()) std::cerr << gate.refusal();
#pragma once

#include <string>
#include <vector>

#include "evaluation/divergence.hpp"

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

// One page of HTML that needs nothing else: verdict, figures beside their limits, and how the divergence is spread.
std::string gate_html(const Gate& gate, const Divergence& divergence, const GateSubject& reference,
                      const GateSubject& candidate);

}  // namespace minnow::evaluation
