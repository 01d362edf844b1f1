// The person at the other end: whether there is one, what they see while they wait, and their Ctrl-C.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace minnow::cli {

bool stdin_is_terminal();
bool stdout_is_terminal();
bool stderr_is_terminal();

// All of standard input. Throws Error(invalid_input) past `limit_bytes`.
std::string read_stdin(std::size_t limit_bytes = std::size_t{64} << 20);

// Writes and flushes; throws Error(io) when standard output is closed or full, so that nothing is lost silently.
void print(std::string_view text);
// One line on stderr, for people.
void note(std::string_view sentence);

// A bar on stderr, with the time left, for work that takes longer than a second, and only when stderr is a terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::string_view title);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();  // wipes the bar
  void update(std::uint64_t done, std::uint64_t total);

 private:
  std::string title_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
  std::optional<std::uint64_t> first_done_{};  // by the first update, at
  std::chrono::steady_clock::time_point first_{};
  bool shown_ = false;
};

// While one exists, Ctrl-C is noted instead of ending the program.
class InterruptGuard {
 public:
  InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard();
  static bool pending();  // pressed since the last clear()
  static void clear();
};

}  // namespace minnow::cli
