// Session::generate: a prompt, then one token after another until something ends the answer.
#include <algorithm>
#include <chrono>
#include <utility>

#include "base/error.hpp"
#include "engine/session_state.hpp"
#include "engine/stop_matcher.hpp"
#include "text/stream_decoder.hpp"

namespace minnow {
namespace {

double ms_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// An answer as it grows.
class Answer {
 public:
  Answer(const text::Tokenizer& tokenizer, bool at_start, const GenerateOptions& options)
      : tokenizer_(tokenizer), options_(options), stream_(tokenizer, at_start), stops_(options.stop) {}

  // False when the answer ends here.
  bool add(TokenId id, const Session& session) {
    TokenOutput output{.id = id, .piece = tokenizer_.piece(id), .text = stops_.add(stream_.add(id))};
    if (options_.logprobs) {
      output.logprob = session.log_probability(id);
      if (*options_.logprobs > 0) output.top = session.top(*options_.logprobs);
    }
    return publish(std::move(output));
  }

  // What was held back belongs to the last token, unless a stop string took it.
  void finish(const char* reason, Generation& out) {
    std::string rest = stops_.add(stream_.finish());
    rest += stops_.finish();
    if (!rest.empty() && !cancelled_ && !result_.tokens.empty()) {
      result_.text += rest;
      result_.tokens.back().text += rest;
      if (options_.on_token) options_.on_token({.id = result_.tokens.back().id, .text = rest});
    }
    out.finish_reason = cancelled_ ? "cancelled" : stops_.found() ? "stop" : reason;
    out.text = std::move(result_.text);
    out.tokens = std::move(result_.tokens);
  }

  std::size_t size() const { return result_.tokens.size(); }

 private:
  bool publish(TokenOutput output) {
    result_.text += output.text;
    result_.tokens.push_back(std::move(output));
    cancelled_ = options_.on_token && !options_.on_token(result_.tokens.back());
    return !cancelled_ && !stops_.found();
  }

  const text::Tokenizer& tokenizer_;
  const GenerateOptions& options_;
  text::StreamDecoder stream_;
  engine::StopMatcher stops_;
  Generation result_;
  bool cancelled_ = false;
};

}  // namespace

Generation Session::generate(std::span<const TokenId> prompt, const GenerateOptions& options) {
  State& state = *state_;
  const text::Tokenizer& tokenizer = state.model->tokenizer();
  if (prompt.empty() && state.tokens.empty()) {
    fail(ErrorCode::invalid_input, "the prompt is empty, and this model has no token to begin a text with");
  }
  Generation result;
  result.prompt_tokens.assign(prompt.begin(), prompt.end());
  const auto is_control = [&](TokenId id) { return tokenizer.is_control(id); };

  auto start = std::chrono::steady_clock::now();
  prefill(prompt);
  result.timings = {.prefill_tokens = prompt.size(), .prefill_ms = ms_since(start)};
  const bool at_start = std::all_of(state.tokens.begin(), state.tokens.end(), is_control);
  Answer answer(tokenizer, at_start, options);

  const char* reason = "length";
  while (answer.size() < options.max_tokens && state.tokens.size() <= state.plan.context) {
    start = std::chrono::steady_clock::now();
    const std::optional<TokenId> token = decode();
    result.timings.decode_ms += ms_since(start);
    if (!token) reason = "stop";
    if (!token || !answer.add(*token, *this)) break;
  }
  answer.finish(reason, result);
  result.timings.decode_tokens = result.tokens.size();
  return result;
}

Generation Session::generate(std::string_view prompt, const GenerateOptions& options) {
  return generate(model().tokenize(prompt, {.add_special = position() == 0}), options);
}

}  // namespace minnow
