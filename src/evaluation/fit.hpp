// The best file for a memory budget: what fits, found by measuring (format_search.hpp), and the frontier it lies on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/format_search.hpp"
#include "evaluation/quantization_trial.hpp"
#include "models/memory_plan.hpp"

namespace minnow::evaluation {

struct FitRequest {
  std::uint64_t budget_bytes = 0;  // for the file, the KV cache and the scratch memory together
  std::size_t context = 4096;      // tokens of the KV cache, in F16
  std::size_t batch_tokens = 512;  // of the scratch memory
};

// One file there could be.
struct FitPoint {
  std::string name{};                // of a named recipe; empty: of the frontier
  std::uint64_t file_bytes = 0;      //
  std::optional<double> expected{};  // the sum of what its groups lost alone
  std::optional<double> measured{};  // nats per token
};

struct FitReport {
  models::MemoryPlan plan;  // weights_bytes: of the chosen file
  std::uint64_t budget_bytes = 0;
  std::size_t context = 0;
  std::size_t scored_tokens = 0;
  std::vector<RoundedTensor> chosen;  // every quantizable tensor
  FitPoint best;
  std::vector<FitPoint> frontier;  // by size, a few of them measured
  std::vector<FitPoint> recipes;   // beside it
};

// Throws Error(invalid_input) when the budget is too small, saying how much the smallest file needs.
FitReport fit(QuantizationTrial& trial, const FitRequest& request, const SearchProgress& progress = {});

// A table for people, one line a point, and the same as a picture.
std::string fit_text(const FitReport& report);
std::string fit_svg(const FitReport& report, std::string_view title);

}  // namespace minnow::evaluation
