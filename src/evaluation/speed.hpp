// Measures how fast a model runs here and, in the same minutes with the same threads, how fast this machine reads
// memory and multiplies: the two limits of decode and prefill.
//
//   SpeedReport report = measure_speed(model, {.prompt_tokens = 512, .decode_tokens = 128});
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "evaluation/speed_report.hpp"
#include "minnow/model.hpp"
#include "minnow/session.hpp"

namespace minnow::evaluation {

struct SpeedOptions {
  std::size_t prompt_tokens = 512;
  std::size_t decode_tokens = 128;                 // after the prompt
  std::vector<std::size_t> batches{1, 4, 16, 64};  // sequences decoded together, each from an empty cache
  std::size_t repetitions = 5;
  CacheType cache_type = CacheType::f16;
  std::function<void(std::size_t done, std::size_t total)> progress{};
};

// Throws Error(invalid_input) when a number is 0 or beyond reason, Error(out_of_memory) as Session does, also for the
// memory of the batches.
SpeedReport measure_speed(const Model& model, const SpeedOptions& options = {});

}  // namespace minnow::evaluation
