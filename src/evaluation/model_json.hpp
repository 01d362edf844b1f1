// Which model it was, in every result that is kept.
#pragma once

#include <nlohmann/json.hpp>

#include "minnow/model.hpp"

namespace minnow::evaluation {

// {"name", "sha256", "arithmetic", "isa"}, and the program's version.
inline nlohmann::ordered_json model_json(const Model& model) {
  return {{"name", model.name()},
          {"sha256", model.sha256()},
          {"arithmetic", model.arithmetic()},
          {"isa", model.isa()},
          {"version", version()}};
}

}  // namespace minnow::evaluation
