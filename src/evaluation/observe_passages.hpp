// Runs a model over passages with an observer at every matrix and layer.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "evaluation/passages.hpp"
#include "models/decoder.hpp"
#include "models/input_observer.hpp"

namespace minnow::evaluation {

// `context` is that of the passages. With Logits::none the observer hears nothing of the output matrix, and the memory
// and time of the logits are saved.
void observe_passages(const Model& model, const std::vector<Passage>& passages, std::size_t context,
                      models::Logits logits, models::InputObserver& observer,
                      const std::function<void(std::size_t done, std::size_t total)>& progress);

}  // namespace minnow::evaluation
