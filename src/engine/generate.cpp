// Session::generate: a prompt, then one token after another until something ends the answer.
#include <chrono>
#include <utility>

#include "base/error.hpp"
#include "engine/answer_text.hpp"
#include "engine/grammar_constraint.hpp"
#include "engine/session_state.hpp"

namespace minnow {
namespace {

double ms_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// Stop strings end free text; an answer that keeps to a constraint ends where that does.
std::vector<std::string> stops_of(const GenerateOptions& options) {
  return options.constraint.kind == Constraint::Kind::none ? options.stop : std::vector<std::string>{};
}

// An answer as it grows.
class Answer {
 public:
  Answer(const text::Tokenizer& tokenizer, std::span<const TokenId> prompt, const GenerateOptions& options)
      : options_(options), text_(tokenizer, prompt, stops_of(options), options.logprobs) {}

  // False when the answer ends here.
  bool add(TokenId id, std::span<const float> logits) { return publish(text_.add(id, logits)); }

  // What was held back belongs to the last token, unless a stop string took it.
  void finish(const char* reason, Generation& out) {
    const std::string rest = text_.finish();
    if (!rest.empty() && !cancelled_ && !result_.tokens.empty()) {
      result_.text += rest;
      result_.tokens.back().text += rest;
      if (options_.on_token) options_.on_token({.id = result_.tokens.back().id, .text = rest});
    }
    out.finish_reason = cancelled_ ? "cancelled" : text_.stopped() ? "stop" : reason;
    out.text = std::move(result_.text);
    out.tokens = std::move(result_.tokens);
  }

  std::size_t size() const { return result_.tokens.size(); }

 private:
  bool publish(TokenOutput output) {
    result_.text += output.text;
    result_.tokens.push_back(std::move(output));
    cancelled_ = options_.on_token && !options_.on_token(result_.tokens.back());
    return !cancelled_ && !text_.stopped();
  }

  const GenerateOptions& options_;
  engine::AnswerText text_;
  Generation result_;
  bool cancelled_ = false;
};

std::unique_ptr<engine::TokenConstraint> make_constraint(const engine::LoadedModel& model, const Constraint& wanted) {
  if (wanted.kind == Constraint::Kind::none) return nullptr;
  return std::make_unique<engine::GrammarConstraint>(model.grammars().get(wanted));
}

}  // namespace

Generation Session::generate(std::span<const TokenId> prompt, const GenerateOptions& options) {
  State& state = *state_;
  if (prompt.empty() && state.tokens.empty()) {
    fail(ErrorCode::invalid_input, "the prompt is empty, and this model has no token to begin a text with");
  }
  const auto constraint = make_constraint(*state.model, options.constraint);
  Generation result;
  result.prompt_tokens.assign(prompt.begin(), prompt.end());

  const std::uint64_t drafted = state.speculation ? state.speculation->drafted_tokens() : 0;
  const std::uint64_t accepted = state.speculation ? state.speculation->accepted_tokens() : 0;

  auto start = std::chrono::steady_clock::now();
  prefill(prompt);
  result.timings = {.prefill_tokens = prompt.size(), .prefill_ms = ms_since(start)};
  Answer answer(state.model->tokenizer(), state.tokens, options);

  const auto has_room = [&] { return answer.size() < options.max_tokens && state.tokens.size() <= state.plan.context; };
  // What the constraint leaves no choice about is evaluated later, all at once, with the token that is chosen next.
  bool cut = false;
  const auto append_forced = [&] {
    std::vector<TokenId> forced;
    constraint->jump(forced);
    for (const TokenId id : forced) {
      cut = !has_room();
      if (cut) return false;
      if (options.logprobs) state.catch_up();
      state.tokens.push_back(id);
      if (!answer.add(id, logits())) return false;
    }
    return true;
  };
  const char* reason = "length";
  while (has_room()) {
    start = std::chrono::steady_clock::now();
    const bool goes_on = !constraint || append_forced();
    if (!goes_on || !has_room() || (constraint && constraint->finished())) break;
    const std::optional<TokenId> token = state.decode(constraint ? constraint->allowed() : engine::TokenMask{});
    result.timings.decode_ms += ms_since(start);
    if (!token) reason = "stop";
    if (!token || !answer.add(*token, logits())) break;
    if (constraint) constraint->accept(*token);
  }
  if (constraint && constraint->finished() && !cut) reason = "stop";
  answer.finish(reason, result);
  result.timings.decode_tokens = result.tokens.size();
  if (state.speculation) {
    result.timings.drafted_tokens = state.speculation->drafted_tokens() - drafted;
    result.timings.accepted_tokens = state.speculation->accepted_tokens() - accepted;
  }
  return result;
}

Generation Session::generate(std::string_view prompt, const GenerateOptions& options) {
  return generate(model().tokenize(prompt, {.add_special = position() == 0}), options);
}

}  // namespace minnow
