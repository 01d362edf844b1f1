// How much each part of a model does on a text: its layers, its attention heads, the channels of its feed-forward.
//
//   PartImportance parts = measure_parts(model, text, {.passages = {.context = 512, .chunks = 8}});
//   // parts.layers[7] near 0: layer 7 leaves the residual stream nearly as it finds it
//
// A layer's influence is 1 - the cosine of what enters and what leaves it, averaged over the tokens (Men et al. 2024,
// arXiv:2403.03853). Of a head and of a channel it is the mean square of what it adds to the residual stream: exactly
// what goes missing with it. For a channel that is its mean square activation times the square of its column of the
// down matrix (cf. Sun et al. 2023, arXiv:2306.11695); norms that follow (post_norms) are left out of account.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "evaluation/passages.hpp"
#include "minnow/minnow.hpp"

namespace minnow::evaluation {

struct PartImportance {
  std::vector<double> layers;  // [layers], 0 to 2
  std::vector<std::vector<double>>
      head_groups;                            // [layers][kv heads]: of the heads that share keys and values, added up
  std::vector<std::vector<double>> channels;  // [layers][feed-forward size]
};

struct PartOptions {
  PassageOptions passages{};
  std::function<void(std::size_t done, std::size_t total)> progress{};
};

// Throws as passages_of() does.
PartImportance measure_parts(const Model& model, std::string_view text, const PartOptions& options = {});

}  // namespace minnow::evaluation
