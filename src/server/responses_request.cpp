#include "server/responses_request.hpp"

#include <string>
#include <utility>

#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

Json function_call(const Fields& item) {
  return {
      {"id", item.text("call_id").value_or("")},
      {"type", "function"},
      {"function", {{"name", item.text("name").value_or("")}, {"arguments", item.text("arguments").value_or("{}")}}}};
}

void add(ResponseAsChat& chat, Json message, const std::string& path) {
  chat.body["messages"].push_back(std::move(message));
  chat.message_paths.push_back(path);
}

void add_item(ResponseAsChat& chat, const Json& value, const std::string& path) {
  const Fields item(value, path);
  const std::string type = item.text("type").value_or("message");
  if (type == "message") {
    const Json* content = item.find("content");
    add(chat, {{"role", item.text("role").value_or("")}, {"content", content == nullptr ? Json() : *content}}, path);
  } else if (type == "function_call") {
    // Calls that belong to one turn come one after another.
    Json& messages = chat.body["messages"];
    const bool joins = !messages.empty() && messages.back()["role"] == "assistant";
    if (!joins) add(chat, {{"role", "assistant"}, {"content", nullptr}}, path);
    messages.back()["tool_calls"].push_back(function_call(item));
  } else if (type == "function_call_output") {
    add(chat,
        {{"role", "tool"},
         {"tool_call_id", item.text("call_id").value_or("")},
         {"content", item.text("output").value_or("")}},
        path);
  } else if (type != "reasoning") {
    item.refuse("type", "must be message, function_call or function_call_output");
  }
}

void add_messages(const Fields& fields, ResponseAsChat& chat) {
  chat.body["messages"] = Json::array();
  if (const auto instructions = fields.text("instructions")) {
    add(chat, {{"role", "system"}, {"content", *instructions}}, "instructions");
  }
  const Json* input = fields.find("input");
  if (input == nullptr) fields.refuse("input", "is missing");
  if (input->is_string()) return add(chat, {{"role", "user"}, {"content", *input}}, "input");
  if (!input->is_array() || input->empty()) fields.refuse("input", "must be a string or a non-empty array");
  for (std::size_t i = 0; i < input->size(); ++i) add_item(chat, (*input)[i], "input[" + std::to_string(i) + "]");
}

Json tools_of(const Fields& fields) {
  Json tools = Json::array();
  const Json* list = fields.array("tools");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const Fields tool((*list)[i], "tools[" + std::to_string(i) + "]");
    if (tool.text("type") != "function") tool.refuse("type", "must be function");
    tools.push_back({{"type", "function"}, {"function", (*list)[i]}});
    tools.back()["function"].erase("type");
  }
  return tools;
}

Json response_format_of(const Fields& fields) {
  const Json* text = fields.object("text");
  const Json* format = text == nullptr ? nullptr : Fields(*text, "text").object("format");
  if (format == nullptr) return nullptr;
  const Json type = format->value("type", Json());
  if (type != "json_schema") return {{"type", type}};
  Json schema = *format;
  schema.erase("type");
  return {{"type", type}, {"json_schema", std::move(schema)}};
}

}  // namespace

ResponseAsChat chat_of_response(const Fields& fields) {
  for (const char* name : {"previous_response_id", "conversation", "prompt"}) {
    if (fields.find(name) != nullptr) fields.refuse(name, "is not supported: nothing is stored here");
  }
  ResponseAsChat chat;
  add_messages(fields, chat);
  Json& body = chat.body;
  for (const char* name : {"model", "temperature", "top_p", "top_k", "min_p", "seed", "stop", "stream", "tool_choice",
                           "parallel_tool_calls", "background", "timeout", "priority", "chat_template_kwargs"}) {
    if (const Json* value = fields.find(name)) body[name] = *value;
  }
  if (const Json* most = fields.find("max_output_tokens")) body["max_completion_tokens"] = *most;
  if (Json tools = tools_of(fields); !tools.empty()) body["tools"] = std::move(tools);
  if (Json format = response_format_of(fields); !format.is_null()) body["response_format"] = std::move(format);
  return chat;
}

}  // namespace minnow::server
