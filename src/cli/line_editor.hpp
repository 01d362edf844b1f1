// One line typed at a terminal, with editing keys and the history of this session (kept in memory only: what people
// type to a private assistant isn't written to a disk they didn't ask for).
#pragma once

#include <memory>
#include <string>

namespace minnow::cli {

class LineEditor {
 public:
  enum class Outcome { line, interrupted, end };

  LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;
  ~LineEditor();

  // Waits for a line and stores it without its newline. `interrupted` after Ctrl-C, `end` after Ctrl-D on an
  // empty line or when the terminal is gone.
  Outcome read(const std::string& prompt, std::string& line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace minnow::cli
