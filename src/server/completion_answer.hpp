// Writes the answer of /v1/completions: one object, or a stream of chunks.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "server/answer_job.hpp"
#include "server/event_stream.hpp"
#include "server/usage.hpp"

namespace minnow::server {

struct CompletionAnswerSetup {
  std::string model_id{};  // as the request named it
  std::size_t answers_per_prompt = 1;
  std::vector<std::string> echoes{};  // what the text of each choice begins with
  bool stream = false;
  bool include_usage = false;
  bool logprobs = false;
};

class CompletionAnswer : public AnswerWriter {
 public:
  // One choice for each of `setup.echoes`.
  CompletionAnswer(const Model& model, CompletionAnswerSetup setup, std::shared_ptr<Responder> responder);

  void token(std::size_t choice, const TokenOutput& token) override;
  void ended(std::size_t choice, const engine::RequestEnd& end) override;
  void finish() override;
  void fail(const std::exception& error) override;

 private:
  struct Logprobs {
    Json tokens = Json::array(), token_logprobs = Json::array(), top_logprobs = Json::array(),
         text_offset = Json::array();
    Json json() const;
  };
  struct Choice {
    std::string text;
    std::size_t text_bytes = 0;  // said so far, for the offsets
    Logprobs logprobs;
    const char* finish_reason = nullptr;
  };

  void add_logprobs(Logprobs& logprobs, std::size_t offset, const TokenOutput& token) const;
  void send(std::size_t choice, const std::string& text, const Json& logprobs, const char* finish_reason);
  Json envelope() const;

  const Model model_;
  const CompletionAnswerSetup setup_;
  const std::string id_;
  const std::int64_t created_;
  std::shared_ptr<Responder> responder_;
  EventStream events_;
  std::vector<Choice> choices_;
  Usage usage_;
};

}  // namespace minnow::server
