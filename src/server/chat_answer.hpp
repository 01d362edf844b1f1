// Writes the answer of /v1/chat/completions: one object, or a stream of chunks.
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

struct ChatAnswerSetup {
  std::string model_id{};  // as the request named it
  std::size_t n = 1;
  bool stream = false;
  bool include_usage = false;
  bool logprobs = false;
  std::optional<text::ToolCallParser> tools{};  // at its start; none: the answer can't call tools
};

class ChatAnswer : public AnswerWriter {
 public:
  ChatAnswer(const Model& model, ChatAnswerSetup setup, std::shared_ptr<Responder> responder);

  void token(std::size_t choice, const TokenOutput& token) override;
  void ended(std::size_t choice, const engine::RequestEnd& end) override;
  void finish() override;
  void fail(const std::exception& error) override;

 private:
  struct ToolCall {
    std::string id, name, arguments;
  };
  struct Choice {
    std::optional<text::ToolCallParser> parser;
    std::string content;
    std::vector<ToolCall> calls;
    Json logprobs = Json::array();
    std::string finish_reason;
    bool begun = false;
  };

  void take(std::size_t index, const std::vector<text::ToolEvent>& events, Json logprobs);
  void take_content(std::size_t index, const std::string& text, Json logprobs);
  void send_delta(std::size_t index, Json delta, Json logprobs = nullptr, const std::string& finish_reason = "");
  Json envelope(const char* object) const;
  Json message(const Choice& choice) const;

  const Model model_;
  const ChatAnswerSetup setup_;
  const std::string id_;
  const std::int64_t created_;
  std::shared_ptr<Responder> responder_;
  EventStream events_;
  std::vector<Choice> choices_;
  Usage usage_;
};

}  // namespace minnow::server
