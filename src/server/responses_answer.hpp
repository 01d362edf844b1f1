// Writes the answer of /v1/responses: one object, or the events that lead to it.
//
// The output is a list of items: at most one message, and calls of functions in the order they were made. An item is
// opened when its first text comes and closed when the next one opens or the answer ends.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/answer_job.hpp"
#include "server/event_stream.hpp"
#include "server/usage.hpp"
#include "text/tools/tool_call_parser.hpp"

namespace minnow::server {

class ResponsesAnswer : public AnswerWriter {
 public:
  // `echoed`: what the reply repeats of the request (instructions, tools, temperature…).
  // `tools` finds calls; none: there are no tools.
  ResponsesAnswer(std::string model_id, bool stream, std::optional<text::ToolCallParser> tools, Json echoed,
                  std::shared_ptr<Responder> responder);

  void token(std::size_t choice, const TokenOutput& token) override;
  void ended(std::size_t choice, const engine::RequestEnd& end) override;
  void finish() override;
  void fail(const std::exception& error) override;

 private:
  struct Item {
    bool is_call = false;
    std::string id, call_id, name;
    std::string text;  // of the message, or the call's arguments
    bool done = false;
  };

  void take(const std::vector<text::ToolEvent>& events);
  void open(Item item);
  void close();
  void add_text(const std::string& text);
  void send(const std::string& type, Json event);
  void send_for_item(const std::string& type, Json event);
  Json item_json(const Item& item) const;
  Json response(const std::string& status) const;

  const std::string model_id_;
  const bool stream_;
  const Json echoed_;
  const std::string id_;
  const std::int64_t created_;
  std::shared_ptr<Responder> responder_;
  EventStream events_;
  std::optional<text::ToolCallParser> parser_;
  std::vector<Item> items_;
  std::size_t n_events_ = 0;
  bool cut_ = false;
  Usage usage_;
};

}  // namespace minnow::server
