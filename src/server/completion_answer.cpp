#include "server/completion_answer.hpp"

#include <utility>

#include "server/identifiers.hpp"

namespace minnow::server {

Json CompletionAnswer::Logprobs::json() const {
  return {{"tokens", tokens},
          {"token_logprobs", token_logprobs},
          {"top_logprobs", top_logprobs},
          {"text_offset", text_offset}};
}

CompletionAnswer::CompletionAnswer(const Model& model, CompletionAnswerSetup setup,
                                   std::shared_ptr<Responder> responder)
    : model_(model),
      setup_(std::move(setup)),
      id_(random_id("cmpl-")),
      created_(unix_time_s()),
      responder_(responder),
      events_(std::move(responder)),
      choices_(setup_.echoes.size()) {
  for (std::size_t i = 0; i < choices_.size(); ++i) choices_[i].text = setup_.echoes[i];
}

void CompletionAnswer::token(std::size_t index, const TokenOutput& token) {
  Choice& choice = choices_[index];
  const std::size_t offset = std::exchange(choice.text_bytes, choice.text_bytes + token.piece.size());
  const bool tells = setup_.logprobs && !token.piece.empty();
  if (!setup_.stream) {
    choice.text += token.text;
    if (tells) add_logprobs(choice.logprobs, offset, token);
    return;
  }
  Logprobs one;
  if (tells) add_logprobs(one, offset, token);
  const std::string text = std::exchange(choice.text, "") + token.text;
  if (!text.empty() || tells) send(index, text, tells ? one.json() : Json(), nullptr);
}

void CompletionAnswer::add_logprobs(Logprobs& logprobs, std::size_t offset, const TokenOutput& token) const {
  logprobs.tokens.push_back(token.piece);
  logprobs.token_logprobs.push_back(token.logprob);
  Json top = Json::object();
  for (const TokenProbability& likely : token.top) top[model_.piece(likely.id, true)] = likely.logprob;
  logprobs.top_logprobs.push_back(std::move(top));
  logprobs.text_offset.push_back(offset);
}

void CompletionAnswer::ended(std::size_t index, const engine::RequestEnd& end) {
  Choice& choice = choices_[index];
  choice.finish_reason = end.reason == engine::EndReason::length ? "length" : "stop";
  usage_.add(end, index % setup_.answers_per_prompt != 0);
  if (setup_.stream) send(index, std::exchange(choice.text, ""), Json(), choice.finish_reason);
}

void CompletionAnswer::send(std::size_t index, const std::string& text, const Json& logprobs,
                            const char* finish_reason) {
  Json chunk = envelope();
  Json choice{{"text", text}, {"index", index}, {"logprobs", logprobs}, {"finish_reason", nullptr}};
  if (finish_reason != nullptr) choice["finish_reason"] = finish_reason;
  chunk["choices"] = Json::array({std::move(choice)});
  if (setup_.include_usage) chunk["usage"] = nullptr;
  events_.send(chunk);
}

Json CompletionAnswer::envelope() const {
  return {{"id", id_}, {"object", "text_completion"}, {"created", created_}, {"model", setup_.model_id}};
}

void CompletionAnswer::finish() {
  if (setup_.stream) {
    if (setup_.include_usage) {
      Json chunk = envelope();
      chunk["choices"] = Json::array();
      chunk["usage"] = usage_.json();
      events_.send(chunk);
    }
    return events_.finish("[DONE]");
  }
  Json body = envelope();
  body["choices"] = Json::array();
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const Choice& choice = choices_[i];
    body["choices"].push_back({{"text", choice.text},
                               {"index", i},
                               {"logprobs", setup_.logprobs ? choice.logprobs.json() : Json()},
                               {"finish_reason", choice.finish_reason}});
  }
  body["usage"] = usage_.json();
  responder_->reply({.body = dump(body)});
}

void CompletionAnswer::fail(const std::exception& error) { events_.fail(error); }

}  // namespace minnow::server
