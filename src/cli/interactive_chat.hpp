// A conversation at the terminal: line editing, history, commands that start with a slash, and a Ctrl-C that stops the
// answer and not the program.
#pragma once

#include "minnow/chat.hpp"

namespace minnow::cli {

// Returns when the person leaves (/quit or Ctrl-D).
void interactive_chat(const Model& model, const SessionOptions& options, const ChatSetup& setup,
                      const GenerateOptions& generate);

}  // namespace minnow::cli
