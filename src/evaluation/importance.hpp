// Which columns of a model's matrices matter on a text: a pass over it with an ear at every matrix.
//
//   Importance importance = gather_importance(model, text, {.passages = {.context = 512}});
//   importance.write("model.importance.gguf");
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "evaluation/passages.hpp"
#include "formats/importance.hpp"
#include "minnow/minnow.hpp"

namespace minnow::evaluation {

struct ImportanceOptions {
  PassageOptions passages{};
  std::function<void(std::size_t done, std::size_t total)> progress{};
};

// Sums over every token of the passages. `datasets` is left to the caller. Throws as passages_of() does.
formats::Importance gather_importance(const Model& model, std::string_view text, const ImportanceOptions& options = {});

}  // namespace minnow::evaluation
