// What chat completions, completions and responses have in common: how to sample, when to stop, what shape the answer
// must have.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/request.hpp"
#include "server/fields.hpp"
#include "server/served_model.hpp"

namespace minnow::server {

// What the server's owner has decided, for requests that don't say.
struct AnswerDefaults {
  SamplingOptions sampling{};
  std::size_t max_tokens = static_cast<std::size_t>(-1);  // and no request gets more

  bool operator==(const AnswerDefaults&) const = default;
};

struct AnswerOptions {
  SamplingOptions sampling{};
  std::vector<std::string> stop{};
  std::size_t max_tokens = static_cast<std::size_t>(-1);
  std::optional<std::size_t> logprobs{};
  std::size_t n = 1;
  int priority = 0;
  std::optional<engine::Clock::time_point> deadline{};
  std::string client{};
  bool stream = false;
  bool include_usage = false;
  std::shared_ptr<text::TokenGrammar> grammar{};  // none: whatever the model says
  // Under a grammar, how what is no free text begins; empty: nothing is free text, and there stop strings end nothing.
  engine::UncutPart uncut{};
  decltype(engine::Request::adapter) adapter{};  // none: the model as it is
};

// The fields all three share; not max_tokens, logprobs and the answer's shape, which they name differently.
AnswerOptions read_answer_options(const Fields& fields, const AnswerDefaults& defaults);
// When `timeout`, from now on, will have passed; none given: no value.
std::optional<engine::Clock::time_point> read_deadline(const Fields& fields);
// max_tokens under one of its names, within the owner's limit.
std::size_t read_max_tokens(const Fields& fields, const std::vector<std::string>& names,
                            const AnswerDefaults& defaults);
// `response_format`, or the extensions `grammar` and `regex`. Throws ApiError(400).
Constraint read_constraint(const Fields& fields);
// The grammar of a constraint, ready to use; none for Kind::none.
std::shared_ptr<text::TokenGrammar> make_grammar(const ServedModel& model, const Constraint& constraint);

// The scheduler's request for choice number `choice`.
engine::Request make_request(const AnswerOptions& options, const std::vector<TokenId>& prompt, std::size_t choice);

}  // namespace minnow::server
