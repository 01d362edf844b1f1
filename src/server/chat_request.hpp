// What /v1/chat/completions is asked: messages, tools, and how to answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "minnow/model.hpp"
#include "server/answer_options.hpp"
#include "server/fields.hpp"
#include "text/tools/tool_call_parser.hpp"

namespace minnow::server {

struct ChatRequest {
  std::vector<ChatMessage> messages{};
  ChatOptions template_options{};
  AnswerOptions answer{};
  Constraint constraint{};
  std::optional<text::ToolChoice> tool_choice{};  // none: tools are not asked for, or not to be used
};

// Throws ApiError(400).
ChatRequest read_chat_request(const Fields& fields, const AnswerDefaults& defaults,
                              const std::vector<std::string>& message_paths = {});
// The same for the messages alone. `message_paths`: what errors call them; empty: "messages[0]" and so on.
std::vector<ChatMessage> read_messages(const Fields& fields, const std::vector<std::string>& message_paths = {});

// The prompt, and the grammar the answer is held to (in `request.answer.grammar`). Throws what the template, the
// tokenizer and the grammar do.
std::vector<TokenId> prepare_chat(const ServedModel& model, ChatRequest& request);
// How many bytes they give the chat template to write.
std::size_t text_bytes(const std::vector<ChatMessage>& messages);
// What finds the calls in the answer; none where it may not call tools.
std::optional<text::ToolCallParser> call_parser(const ServedModel& model, const ChatRequest& request);

}  // namespace minnow::server
