// What `eval divergence` and `eval gate` have in common: the text, the reference, and figures as JSON and as lines.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "evaluation/divergence.hpp"
#include "minnow/model.hpp"

namespace CLI {
class App;
}

namespace minnow::cli {

struct ComparisonWords {
  std::string reference;  // a GGUF file, or a file of predictions
  std::string text_file;
  evaluation::PassageOptions passages;
  ModelOptions load;
};

void add_comparison_options(CLI::App& command, ComparisonWords& words);

// Throws CLI::ValidationError when a model is the reference and there is no text, or predictions and there is one.
std::unique_ptr<evaluation::Reference> open_reference(const ComparisonWords& words);

nlohmann::ordered_json divergence_json(const evaluation::Divergence& result);
std::string divergence_text(const evaluation::Divergence& result);
}  // namespace minnow::cli
