#include "cli/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "base/error.hpp"

namespace minnow::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;
struct sigaction previous_action;

}  // namespace

bool stdin_is_terminal() { return isatty(STDIN_FILENO) != 0; }
bool stdout_is_terminal() { return isatty(STDOUT_FILENO) != 0; }
bool stderr_is_terminal() { return isatty(STDERR_FILENO) != 0; }

std::string read_stdin(std::size_t limit_bytes) {
  std::string text;
  char buffer[1 << 14];
  for (;;) {
    const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(ErrorCode::io, "cannot read standard input: {}", std::strerror(errno));
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > limit_bytes) {
      fail(ErrorCode::invalid_input, "standard input is longer than {} MiB", limit_bytes >> 20);
    }
  }
}

void print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;  // Ctrl-C stops the answer, not the writing
    if (count < 0) fail(ErrorCode::io, "cannot write to standard output: {}", std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void note(std::string_view sentence) {
  std::fprintf(stderr, "minnow: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
}

namespace {

// "40 s", "12 min" or "3 h 5 min": nobody plans by more.
std::string words_for(std::chrono::seconds time) {
  const long long s = time.count();
  if (s < 60) return std::to_string(s) + " s";
  if (s < 3600) return std::to_string((s + 59) / 60) + " min";
  return std::to_string(s / 3600) + " h " + std::to_string(s % 3600 / 60) + " min";
}

}  // namespace

ProgressBar::ProgressBar(std::string_view title)
    : title_(title), start_(std::chrono::steady_clock::now()), last_(start_) {}

ProgressBar::~ProgressBar() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void ProgressBar::update(std::uint64_t done, std::uint64_t total) {
  using std::chrono::milliseconds;
  const auto now = std::chrono::steady_clock::now();
  if (!first_done_) {  // work that goes on from where it was left doesn't begin at nothing
    first_done_ = done;
    first_ = now;
  }
  if (total == 0 || now - start_ < milliseconds(1000) || now - last_ < milliseconds(100) || !stderr_is_terminal()) {
    return;
  }
  constexpr std::size_t kWidth = 30;
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto filled = static_cast<std::size_t>(share * kWidth);
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  std::string left;
  if (done > *first_done_ && done < total) {
    const double rate = static_cast<double>(total - done) / static_cast<double>(done - *first_done_);
    const std::chrono::duration<double> time = rate * (now - first_);
    left = ", " + words_for(std::chrono::ceil<std::chrono::seconds>(time)) + " left";
  }
  std::fprintf(stderr, "\r%s [%s] %3d%%%s\033[K", title_.c_str(), bar.c_str(), static_cast<int>(share * 100),
               left.c_str());
  last_ = now;
  shown_ = true;
}

InterruptGuard::InterruptGuard() {
  interrupted = 0;
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART: a read that waits for a key must return
  sigaction(SIGINT, &action, &previous_action);
}

InterruptGuard::~InterruptGuard() { sigaction(SIGINT, &previous_action, nullptr); }
bool InterruptGuard::pending() { return interrupted != 0; }
void InterruptGuard::clear() { interrupted = 0; }

}  // namespace minnow::cli
