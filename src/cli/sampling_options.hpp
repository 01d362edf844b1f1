// --temp, --top-k, --top-p, --min-p, the penalties and --seed.
#pragma once

#include <optional>

#include "minnow/session.hpp"

namespace CLI {
class App;
}

namespace minnow::cli {

// `temperature` stays empty when it isn't given: what it is then depends on the model.
void add_sampling_options(CLI::App& command, SamplingOptions& sampling, std::optional<float>& temperature);

}  // namespace minnow::cli
