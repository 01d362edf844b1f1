#include "cli/interactive_chat.hpp"

#include <fmt/core.h>

#include <string>
#include <string_view>

#include "cli/line_editor.hpp"
#include "cli/terminal.hpp"
#include "minnow/error.hpp"

namespace minnow::cli {
namespace {

constexpr std::string_view kHelp =
    "  /help          this list\n"
    "  /reset         forget the conversation\n"
    "  /system TEXT   start over with this system message\n"
    "  /stats         speed and length of the last answer\n"
    "  /quit          leave (so does Ctrl-D)\n"
    "Ctrl-C stops an answer. A line that ends in \\ goes on in the next. Up and Down recall earlier lines.\n";

class Conversation {
 public:
  Conversation(const Model& model, const SessionOptions& options, const ChatSetup& setup,
               const GenerateOptions& generate)
      : generate_(generate), chat_(model, options, setup) {
    generate_.on_token = [](const TokenOutput& token) {
      print(token.text);
      return !InterruptGuard::pending();
    };
  }

  // False when the person wants to leave.
  bool command(const std::string& line) {
    if (line == "/quit" || line == "/exit" || line == "/bye") return false;
    if (line == "/help" || line == "/?") {
      print(kHelp);
    } else if (line == "/reset" || line == "/clear") {
      chat_.clear();
      print("The conversation starts over.\n");
    } else if (line.starts_with("/system ")) {
      chat_.restart(line.substr(8));
      print("The conversation starts over with this system message.\n");
    } else if (line == "/stats") {
      print(stats());
    } else {
      print(fmt::format("Unknown command {}; /help lists them.\n", line.substr(0, line.find(' '))));
    }
    return true;
  }

  void answer(const std::string& text) {
    InterruptGuard::clear();
    try {
      last_ = chat_.answer(text, generate_);
      print(last_.finish_reason == "cancelled" ? " [stopped]\n" : "\n");
      if (last_.finish_reason == "length") note("the answer stopped at a limit: -n or the context (-c)");
    } catch (const Error& error) {
      if (error.code() == ErrorCode::io) throw;  // the terminal is gone
      note(error.what());
      if (error.code() == ErrorCode::context_full) note("/reset starts over; -c gives more room");
    }
    InterruptGuard::clear();
  }

 private:
  std::string stats() {
    const Timings& t = last_.timings;
    const auto rate = [](std::size_t tokens, double ms) {
      return ms > 0 ? 1000.0 * static_cast<double>(tokens) / ms : 0.0;
    };
    return fmt::format("prefill {} tokens, {:.1f}/s; decode {} tokens, {:.1f}/s; context {} of {}\n", t.prefill_tokens,
                       rate(t.prefill_tokens, t.prefill_ms), t.decode_tokens, rate(t.decode_tokens, t.decode_ms),
                       chat_.session().position(), chat_.session().context());
  }

  GenerateOptions generate_;
  Chat chat_;
  Generation last_;
};

}  // namespace

void interactive_chat(const Model& model, const SessionOptions& options, const ChatSetup& setup,
                      const GenerateOptions& generate) {
  const InterruptGuard guard;
  Conversation conversation(model, options, setup, generate);
  LineEditor editor;
  note(fmt::format("{} ({}); /help lists the commands, Ctrl-D leaves", model.name(), model.isa()));
  std::string text;
  for (;;) {
    std::string line;
    const auto outcome = editor.read(text.empty() ? "> " : ". ", line);
    if (outcome == LineEditor::Outcome::end) {
      print("\n");
      return;
    }
    if (outcome == LineEditor::Outcome::interrupted) {
      text.clear();
      print("\n");
      continue;
    }
    if (line.ends_with('\\')) {
      line.back() = '\n';
      text += line;
      continue;
    }
    text += line;
    const std::string whole = std::move(text);
    text.clear();
    if (whole.find_first_not_of(" \t\n") == std::string::npos) continue;
    if (whole.starts_with('/')) {
      if (!conversation.command(whole)) return;
    } else {
      conversation.answer(whole);
    }
  }
}

}  // namespace minnow::cli
