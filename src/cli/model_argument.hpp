// MODEL on the command line: a path, or left out for the embedded default.
#pragma once

#include <string>

#include "minnow/model.hpp"
#include "minnow/session.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace minnow::cli {

// Whether a lone argument of `minnow run` names a model rather than being the prompt: it is an existing file, ends in
// ".gguf", or is a single word, as names of models are and sentences aren't.
bool names_a_model(const std::string& argument);

// `path` empty: the embedded model. Shows a progress bar when it takes long.
Model load_model(const std::string& path, ModelOptions options);

// --threads, --arithmetic, --pack-dir and --verify-pack.
void add_model_options(CLI::App& command, ModelOptions& options);

// --cache-type; what stands in `type` is the default.
CLI::Option& add_cache_type(CLI::App& command, CacheType& type);

}  // namespace minnow::cli
