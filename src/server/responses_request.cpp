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

void add_item(Json& messages, const Json& value, const std::string& path) {
  const Fields item(value, path);
  const std::string type = item.text("type").value_or("message");
  if (type == "message") {
    const Json* content = item.find("content");
    messages.push_back({{"role", item.text("role").value_or("")}, {"content", content == nullptr ? Json() : *content}});
  } else if (type == "function_call") {
    // Calls that belong to one turn come one after another.
    const bool joins = !messages.empty() && messages.back()["role"] == "assistant";
    if (!joins) messages.push_back({{"role", "assistant"}, {"content", nullptr}});
    messages.back()["tool_calls"].push_back(function_call(item));
  } else if (type == "function_call_output") {
    messages.push_back({{"role", "tool"},
                        {"tool_call_id", item.text("call_id").value_or("")},
                        {"content", item.text("output").value_or("")}});
  } else if (type != "reasoning") {
    item.refuse("type", "must be message, function_call or function_call_output");
  }
}

Json messages_of(const Fields& fields) {
  Json messages = Json::array();
  if (const auto instructions = fields.text("instructions")) {
    messages.push_back({{"role", "system"}, {"content", *instructions}});
  }
  const Json* input = fields.find("input");
  if (input == nullptr) fields.refuse("input", "is missing");
  if (input->is_string()) {
    messages.push_back({{"role", "user"}, {"content", *input}});
    return messages;
  }
  if (!input->is_array() || input->empty()) fields.refuse("input", "must be a string or a non-empty array");
  for (std::size_t i = 0; i < input->size(); ++i) add_item(messages, (*input)[i], "input[" + std::to_string(i) + "]");
  return messages;
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

Json chat_body_of_response(const Fields& fields) {
  for (const char* name : {"previous_response_id", "conversation", "prompt"}) {
    if (fields.find(name) != nullptr) fields.refuse(name, "is not supported: nothing is stored here");
  }
  Json body{{"messages", messages_of(fields)}};
  for (const char* name : {"model", "temperature", "top_p", "top_k", "min_p", "seed", "stop", "stream", "tool_choice",
                           "parallel_tool_calls", "background", "timeout", "priority", "chat_template_kwargs"}) {
    if (const Json* value = fields.find(name)) body[name] = *value;
  }
  if (const Json* most = fields.find("max_output_tokens")) body["max_completion_tokens"] = *most;
  if (Json tools = tools_of(fields); !tools.empty()) body["tools"] = std::move(tools);
  if (Json format = response_format_of(fields); !format.is_null()) body["response_format"] = std::move(format);
  return body;
}

}  // namespace minnow::server
