// An adapter for a small model: a change of every value matrix, large enough to be seen in each answer.
#pragma once

#include <filesystem>

#include "minnow/model.hpp"

namespace minnow::testing {

// A GGUF file in the tests' temporary folder; other values give other changes.
std::filesystem::path tiny_adapter(const Model& model, float value);

}  // namespace minnow::testing
