// How a text is cut, on the command line of everything that reads one to measure a model.
#pragma once

#include <CLI/CLI.hpp>

#include "evaluation/passages.hpp"

namespace minnow::cli {

// --ctx-size, --chunks and --separator; what stands in `passages` is the default.
inline void add_passage_options(CLI::App& command, evaluation::PassageOptions& passages) {
  // The second half of a chunk is scored but for the first of its tokens: of two there is none left.
  command.add_option("-c,--ctx-size", passages.context, "Tokens per chunk or document")
      ->capture_default_str()
      ->check(CLI::Range(3, 1 << 20));
  command.add_option("--chunks", passages.chunks, "How many chunks or documents; 0: all")->capture_default_str();
  command.add_option("--separator", passages.separator, "The text is documents parted by this");
}

}  // namespace minnow::cli
