// Takes an answer apart as it comes: text, and calls of tools.
//
//   ToolCallParser parser(dialect);
//   while (…) for (const ToolEvent& event : parser.feed(text)) …
//   for (const ToolEvent& event : parser.finish()) …
//
// Text that may be the beginning of a call is held back until it is decided. What looks like a call and then isn't one
// comes out as far as it was understood; nothing throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/tools/tool_dialect.hpp"

namespace minnow::text {

struct ToolEvent {
  enum class Kind : std::uint8_t {
    content,    // text: more of the answer's text
    call,       // text: the name of the tool that is called; one event a call
    arguments,  // text: more of the call's arguments, as JSON
  };
  Kind kind = Kind::content;
  std::size_t index = 0;  // of the call, from 0
  std::string text{};

  bool operator==(const ToolEvent&) const = default;
};

class ToolCallParser {
 public:
  // `only_calls`: the answer is held to calls and has no text of its own; an unfinished one is the beginning of a call.
  explicit ToolCallParser(ToolDialect dialect, bool only_calls = false)
      : dialect_(std::move(dialect)), only_calls_(only_calls) {}

  std::vector<ToolEvent> feed(std::string_view text);
  // The answer is over: the text that was held back. A call that is cut gives no more.
  std::vector<ToolEvent> finish();

  std::size_t n_calls() const { return n_calls_; }

 private:
  // What is expected next.
  enum class Mode : std::uint8_t {
    text,   // text, or the opening of calls
    name,   // a name up to "[ARGS]"
    call,   // "{", or what stands between calls and ends them
    key,    // a member of the call's object, or its end
    value,  // that member's value
  };

  // Each takes what it understands off the front of held_; false when it needs more.
  bool step();
  bool step_text();
  bool step_name();
  bool step_call();
  bool step_key();
  bool step_value();
  void begin_value(std::string key);
  void end_value();
  void give_up();  // it is no call: what is held is text
  void emit(ToolEvent::Kind kind, std::string text);

  ToolDialect dialect_;
  bool only_calls_;
  Mode mode_ = Mode::text;
  std::string held_;
  std::vector<ToolEvent> events_;
  std::size_t n_calls_ = 0;
  bool at_start_ = true;     // nothing has been said so far
  bool name_known_ = false;  // of the call being read
  std::string key_;
  std::string name_, value_;  // a name not yet complete; arguments that came before it
  bool value_begun_ = false, in_string_ = false, escaped_ = false;
  int depth_ = 0;
};

}  // namespace minnow::text
