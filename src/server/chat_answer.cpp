#include "server/chat_answer.hpp"

#include <utility>

#include "server/identifiers.hpp"
#include "server/token_json.hpp"

namespace minnow::server {

ChatAnswer::ChatAnswer(const Model& model, ChatAnswerSetup setup, std::shared_ptr<Responder> responder)
    : model_(model),
      setup_(std::move(setup)),
      id_(random_id("chatcmpl-")),
      created_(unix_time_s()),
      responder_(responder),
      events_(std::move(responder)),
      choices_(setup_.n) {
  for (Choice& choice : choices_) choice.parser = setup_.tools;
}

void ChatAnswer::token(std::size_t choice, const TokenOutput& token) {
  Json logprobs;
  if (setup_.logprobs && !token.piece.empty()) logprobs = token_json(model_, token);
  if (choices_[choice].parser) return take(choice, choices_[choice].parser->feed(token.text), std::move(logprobs));
  take_content(choice, token.text, std::move(logprobs));
}

void ChatAnswer::take(std::size_t index, const std::vector<text::ToolEvent>& events, Json logprobs) {
  using Kind = text::ToolEvent::Kind;
  Choice& choice = choices_[index];
  for (const text::ToolEvent& event : events) {
    if (event.kind == Kind::content) {
      take_content(index, event.text, std::exchange(logprobs, nullptr));
      continue;
    }
    Json delta{{"index", event.index}};
    if (event.kind == Kind::call) {
      choice.calls.push_back({random_id("call_"), event.text, ""});
      delta["id"] = choice.calls.back().id;
      delta["type"] = "function";
      delta["function"] = {{"name", event.text}, {"arguments", ""}};
    } else {
      choice.calls.at(event.index).arguments += event.text;
      delta["function"] = {{"arguments", event.text}};
    }
    if (setup_.stream) send_delta(index, {{"tool_calls", Json::array({std::move(delta)})}});
  }
  if (!logprobs.is_null() && !setup_.stream) choice.logprobs.push_back(std::move(logprobs));
}

void ChatAnswer::take_content(std::size_t index, const std::string& text, Json logprobs) {
  Choice& choice = choices_[index];
  if (setup_.stream) {
    if (!text.empty() || !logprobs.is_null()) send_delta(index, {{"content", text}}, std::move(logprobs));
    return;
  }
  choice.content += text;
  if (!logprobs.is_null()) choice.logprobs.push_back(std::move(logprobs));
}

void ChatAnswer::ended(std::size_t index, const engine::RequestEnd& end) {
  Choice& choice = choices_[index];
  if (choice.parser) take(index, choice.parser->finish(), nullptr);
  const bool cut = end.reason == engine::EndReason::length;
  choice.finish_reason = cut ? "length" : choice.calls.empty() ? "stop" : "tool_calls";
  usage_.add(end, index > 0);
  if (setup_.stream) send_delta(index, Json::object(), nullptr, choice.finish_reason);
}

void ChatAnswer::send_delta(std::size_t index, Json delta, Json logprobs, const std::string& finish_reason) {
  if (!std::exchange(choices_[index].begun, true)) send_delta(index, {{"role", "assistant"}, {"content", ""}});
  Json chunk = envelope("chat.completion.chunk");
  Json choice{{"index", index}, {"delta", std::move(delta)}, {"logprobs", nullptr}, {"finish_reason", nullptr}};
  if (!logprobs.is_null()) choice["logprobs"] = {{"content", Json::array({std::move(logprobs)})}, {"refusal", nullptr}};
  if (!finish_reason.empty()) choice["finish_reason"] = finish_reason;
  chunk["choices"] = Json::array({std::move(choice)});
  if (setup_.include_usage) chunk["usage"] = nullptr;
  events_.send(chunk);
}

Json ChatAnswer::envelope(const char* object) const {
  return {{"id", id_}, {"object", object}, {"created", created_}, {"model", setup_.model_id}};
}

Json ChatAnswer::message(const Choice& choice) const {
  Json message{{"role", "assistant"}, {"content", choice.content}, {"refusal", nullptr}};
  if (choice.calls.empty()) return message;
  if (choice.content.empty()) message["content"] = nullptr;
  message["tool_calls"] = Json::array();
  for (const ToolCall& call : choice.calls) {
    message["tool_calls"].push_back(
        {{"id", call.id}, {"type", "function"}, {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
  }
  return message;
}

void ChatAnswer::finish() {
  if (setup_.stream) {
    if (setup_.include_usage) {
      Json chunk = envelope("chat.completion.chunk");
      chunk["choices"] = Json::array();
      chunk["usage"] = usage_.json();
      events_.send(chunk);
    }
    return events_.finish("[DONE]");
  }
  Json body = envelope("chat.completion");
  body["choices"] = Json::array();
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    Json choice{{"index", i}, {"message", message(choices_[i])}, {"logprobs", nullptr}};
    if (setup_.logprobs) choice["logprobs"] = {{"content", std::move(choices_[i].logprobs)}, {"refusal", nullptr}};
    choice["finish_reason"] = choices_[i].finish_reason;
    body["choices"].push_back(std::move(choice));
  }
  body["usage"] = usage_.json();
  responder_->reply({.body = dump(body)});
}

void ChatAnswer::fail(const std::exception& error) { events_.fail(error); }

}  // namespace minnow::server
