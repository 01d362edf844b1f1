// What /v1/completions is asked: prompts as text or tokens, each answered n times.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "minnow/model.hpp"
#include "server/answer_options.hpp"
#include "server/fields.hpp"

namespace minnow::server {

using Prompt = std::variant<std::string, std::vector<TokenId>>;

struct CompletionRequest {
  std::vector<Prompt> prompts{};
  std::optional<std::string> suffix{};  // fill in the middle, between the prompt and this
  bool echo = false;                    // the prompt is part of the text
  AnswerOptions answer{};
  Constraint constraint{};
};

// Throws ApiError(400).
CompletionRequest read_completion_request(const Fields& fields, const AnswerDefaults& defaults);
// An array of token ids.
std::vector<TokenId> read_tokens(const Fields& fields, const std::string& name, const Json& list);
// A string, an array of strings, an array of token ids, or an array of those.
std::vector<Prompt> read_prompts(const Fields& fields, const std::string& name);

// Throws Error(context_full) for a text that can't fit, as the next one does.
std::vector<TokenId> prompt_tokens(const ServedModel& served, const Prompt& prompt);
// Prompt and suffix around the gap, marked with the tokens the model was trained with for that. Throws ApiError(400)
// for a model that has none.
std::vector<TokenId> fill_in_the_middle(const ServedModel& served, const Prompt& prompt, const std::string& suffix);

}  // namespace minnow::server
