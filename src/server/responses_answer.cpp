#include "server/responses_answer.hpp"

#include <utility>

#include "server/identifiers.hpp"

namespace minnow::server {
namespace {

Json text_part(const std::string& text) {
  return {{"type", "output_text"}, {"text", text}, {"annotations", Json::array()}, {"logprobs", Json::array()}};
}

}  // namespace

ResponsesAnswer::ResponsesAnswer(std::string model_id, bool stream, std::optional<text::ToolCallParser> tools,
                                 Json echoed, std::shared_ptr<Responder> responder)
    : model_id_(std::move(model_id)),
      stream_(stream),
      echoed_(std::move(echoed)),
      id_(random_id("resp_")),
      created_(unix_time_s()),
      responder_(responder),
      events_(std::move(responder)),
      parser_(std::move(tools)) {}

void ResponsesAnswer::token(std::size_t, const TokenOutput& token) {
  if (stream_ && n_events_ == 0) {
    send("response.created", {{"response", response("in_progress")}});
    send("response.in_progress", {{"response", response("in_progress")}});
  }
  if (parser_) return take(parser_->feed(token.text));
  take({{text::ToolEvent::Kind::content, 0, token.text}});
}

void ResponsesAnswer::take(const std::vector<text::ToolEvent>& events) {
  using Kind = text::ToolEvent::Kind;
  for (const text::ToolEvent& event : events) {
    const bool content = event.kind == Kind::content;
    if (content && event.text.empty()) continue;
    const bool message_open = !items_.empty() && !items_.back().is_call && !items_.back().done;
    if (content && !message_open) open({.id = random_id("msg_")});
    if (event.kind == Kind::call) {
      open({.is_call = true, .id = random_id("fc_"), .call_id = random_id("call_"), .name = event.text});
    } else {
      add_text(event.text);
    }
  }
}

void ResponsesAnswer::open(Item item) {
  close();
  items_.push_back(std::move(item));
  if (!stream_) return;
  send_for_item("response.output_item.added", {{"item", item_json(items_.back())}});
  if (items_.back().is_call) return;
  send_for_item("response.content_part.added",
                {{"item_id", items_.back().id}, {"content_index", 0}, {"part", text_part("")}});
}

void ResponsesAnswer::add_text(const std::string& text) {
  Item& item = items_.back();
  item.text += text;
  if (!stream_) return;
  if (item.is_call) {
    send_for_item("response.function_call_arguments.delta", {{"item_id", item.id}, {"delta", text}});
  } else {
    send_for_item("response.output_text.delta",
                  {{"item_id", item.id}, {"content_index", 0}, {"delta", text}, {"logprobs", Json::array()}});
  }
}

void ResponsesAnswer::close() {
  if (items_.empty() || items_.back().done) return;
  Item& item = items_.back();
  item.done = true;
  if (!stream_) return;
  if (item.is_call) {
    send_for_item("response.function_call_arguments.done",
                  {{"item_id", item.id}, {"name", item.name}, {"arguments", item.text}});
  } else {
    send_for_item("response.output_text.done",
                  {{"item_id", item.id}, {"content_index", 0}, {"text", item.text}, {"logprobs", Json::array()}});
    send_for_item("response.content_part.done",
                  {{"item_id", item.id}, {"content_index", 0}, {"part", text_part(item.text)}});
  }
  send_for_item("response.output_item.done", {{"item", item_json(item)}});
}

void ResponsesAnswer::send(const std::string& type, Json event) {
  Json whole{{"type", type}, {"sequence_number", n_events_++}};
  whole.update(event);
  events_.send(type, whole);
}

void ResponsesAnswer::send_for_item(const std::string& type, Json event) {
  event["output_index"] = items_.size() - 1;
  send(type, std::move(event));
}

Json ResponsesAnswer::item_json(const Item& item) const {
  const char* status = !item.done ? "in_progress" : cut_ && &item == &items_.back() ? "incomplete" : "completed";
  if (item.is_call) {
    return {{"type", "function_call"}, {"id", item.id},    {"call_id", item.call_id},
            {"name", item.name},       {"status", status}, {"arguments", item.text}};
  }
  Json content = Json::array();
  if (item.done) content.push_back(text_part(item.text));
  return {{"type", "message"}, {"id", item.id}, {"status", status}, {"role", "assistant"}, {"content", content}};
}

Json ResponsesAnswer::response(const std::string& status) const {
  Json response{{"id", id_},          {"object", "response"},    {"created_at", created_},
                {"status", status},   {"error", nullptr},        {"incomplete_details", nullptr},
                {"model", model_id_}, {"output", Json::array()}, {"previous_response_id", nullptr},
                {"store", false}};
  response.update(echoed_);
  if (status == "incomplete") response["incomplete_details"] = {{"reason", "max_output_tokens"}};
  for (const Item& item : items_) response["output"].push_back(item_json(item));
  response["usage"] = nullptr;
  if (status == "in_progress") return response;
  response["usage"] = {{"input_tokens", usage_.prompt_tokens},
                       {"input_tokens_details", {{"cached_tokens", usage_.cached_tokens}}},
                       {"output_tokens", usage_.completion_tokens},
                       {"output_tokens_details", {{"reasoning_tokens", 0}}},
                       {"total_tokens", usage_.prompt_tokens + usage_.completion_tokens}};
  return response;
}

void ResponsesAnswer::ended(std::size_t, const engine::RequestEnd& end) {
  if (parser_) take(parser_->finish());
  cut_ = end.reason == engine::EndReason::length;
  usage_.add(end, false);
  close();
}

void ResponsesAnswer::finish() {
  const std::string status = cut_ ? "incomplete" : "completed";
  if (!stream_) return responder_->reply({.body = dump(response(status))});
  if (n_events_ == 0) send("response.created", {{"response", response("in_progress")}});
  send("response." + status, {{"response", response(status)}});
  events_.finish("");
}

void ResponsesAnswer::fail(const std::exception& error) { events_.fail(error); }

}  // namespace minnow::server
