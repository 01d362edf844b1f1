// Which number format each matrix should have so that the model fits a size with the least loss.
//
// Every group of matrices (one, or those of a layer that read the same values) is rounded alone to each format, and the
// divergence of the model's predictions is measured. Losses of groups add up nearly, so the best mix for a size is a
// matter of exchange rates: beginning with the least of everything, the step that takes the most divergence away per
// byte comes first (Lagrange's rule on the convex hull of each group). The mixes on that path are the frontier.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/quantization_trial.hpp"

namespace minnow::evaluation {

struct FormatOption {
  std::vector<numeric::Format> formats;  // of each of the group's tensors
  std::uint64_t size_bytes;              // of them all
  double divergence;                     // measured, with only this group rounded
};

struct TensorGroup {
  std::string name;                   // "blk.3.ffn_gate+up"
  std::vector<std::size_t> tensors;   // places among the file's
  std::vector<FormatOption> options;  // by size; each takes more bytes and loses less than the one before
};

using SearchProgress = std::function<void(std::size_t done, std::size_t total)>;

// Measures every group in every format of the K family from Q2_K to Q6_K, IQ4_XS and Q8_0 (what fits its rows) and as
// it is. The slow part: groups × formats runs of the text.
std::vector<TensorGroup> measure_groups(QuantizationTrial& trial, const SearchProgress& progress = {});

// Of all groups in their smallest formats; known without measuring.
std::uint64_t smallest_size_bytes(const formats::GgufFile& file);

// One mix of formats: for each group, which of its options.
struct Mix {
  std::vector<std::size_t> chosen;
  std::uint64_t size_bytes = 0;  // of the groups' tensors
  double expected = 0;           // the sum of what was measured for each group alone
};

// From the smallest mix to the largest, each a step from the one before.
std::vector<Mix> frontier_of(const std::vector<TensorGroup>& groups);

// The best mix of at most `budget_bytes`: the last one of the frontier that fits, and then every further step that
// still does. No value when not even the smallest fits.
std::optional<Mix> best_mix(const std::vector<TensorGroup>& groups, std::uint64_t budget_bytes);

// Tensor by tensor, for QuantizationTrial and the writer.
std::vector<RoundedTensor> tensors_of(const std::vector<TensorGroup>& groups, const Mix& mix);

}  // namespace minnow::evaluation
