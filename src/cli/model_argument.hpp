// MODEL on the command line: a path, or left out for the embedded default.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>

#include "minnow/model.hpp"

namespace minnow::cli {

// Whether a lone argument of `minnow run` names a model rather than being the prompt: it is an existing file, ends in
// ".gguf", or is a single word, as names of models are and sentences aren't.
bool names_a_model(const std::string& argument);

// `path` empty: the embedded model. Shows a progress bar when it takes long.
Model load_model(const std::string& path, std::size_t threads, Arithmetic arithmetic = Arithmetic::exact);

// --arithmetic exact|fast
void add_arithmetic(CLI::App& command, std::string& word);
Arithmetic arithmetic_named(const std::string& word);

}  // namespace minnow::cli
